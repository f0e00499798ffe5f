"""A mail server that hangs may hold up the pages that show it, and no others: it is not asked again at once."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from mailboxes.models import Mailbox
from mailboxes.provisioning.stores import Store, StoreUnavailable, registry

PAUSE = 5.0  # seconds without asking a mail system that did not answer

_silent_until: dict[str, float] = {}  # monotonic time by store; for all threads of the process


@contextmanager
def store_of(mailbox: Mailbox) -> Iterator[Store]:
    """The store, for a box of the page; StoreUnavailable while the pause after the last failure lasts."""
    name = mailbox.service.store
    if time.monotonic() < _silent_until.get(name, 0.0):
        raise StoreUnavailable("It did not answer a moment ago, and is left alone for some seconds.")
    try:
        yield registry.named(name)
    except StoreUnavailable:
        _silent_until[name] = time.monotonic() + PAUSE
        raise
