"""Which store a service's mailboxes live in."""

from django.conf import settings

from mailboxes.provisioning.stores import Store, StoreMismatch
from mailboxes.provisioning.stores.dovecot.doveadm import Doveadm
from mailboxes.provisioning.stores.dovecot.places import place
from mailboxes.provisioning.stores.dovecot.store import DovecotStore
from mailboxes.provisioning.stores.maildir import MaildirStore


def named(name: str) -> Store:
    """The store that ``MailService.store`` names; StoreMismatch if this installation has none of that name."""
    if name == "maildir":
        return MaildirStore(settings.MAILDIR_ROOT)
    if name == "dovecot":
        return _dovecot()
    raise StoreMismatch(f"This installation has no mail store named {name!r}.")


def _dovecot() -> DovecotStore:
    if not settings.MAIL_DATABASE_URL:
        raise StoreMismatch("A service uses the store dovecot, but MAIL_DATABASE_URL is not set.")
    return DovecotStore(
        database=settings.MAIL_DATABASE_URL,
        doveadm=Doveadm(place(settings.DOVEADM_URL, "http", "https"), settings.DOVEADM_API_KEY),
        lmtp=place(settings.LMTP_URL, "lmtp"),
        imap=place(settings.IMAP_URL, "imap", "imaps") if settings.IMAP_URL else None,
    )
