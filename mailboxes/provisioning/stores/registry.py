"""Which store a service's mailboxes live in."""

from django.conf import settings

from mailboxes.provisioning.stores import Store, StoreMismatch
from mailboxes.provisioning.stores.maildir import MaildirStore


def named(name: str) -> Store:
    """The store that ``MailService.store`` names; StoreMismatch if this installation has none of that name."""
    if name == "maildir":
        return MaildirStore(settings.MAILDIR_ROOT)
    raise StoreMismatch(f"This installation has no mail store named {name!r}.")
