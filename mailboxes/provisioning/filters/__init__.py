"""Sieve (RFC 5228): the script that the portal writes for a mailbox, and what is to be read out of its owner's own."""

from mailboxes.provisioning.filters.reading import redirects
from mailboxes.provisioning.filters.writing import script_of

__all__ = ["redirects", "script_of"]
