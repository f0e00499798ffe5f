"""What keeps the mail server from working: an account is made, looked for, signed in with, and removed again."""

import imaplib
import secrets
import socket

from mailboxes.provisioning.hashing import hash_password
from mailboxes.provisioning.stores import NoSuchMailbox, StoreMismatch, StoreUnavailable
from mailboxes.provisioning.stores.dovecot import accounts
from mailboxes.provisioning.stores.dovecot.deadline import Deadline, connect
from mailboxes.provisioning.stores.dovecot.doveadm import Doveadm
from mailboxes.provisioning.stores.dovecot.lmtp import would_take
from mailboxes.provisioning.stores.dovecot.places import Place

DOMAIN = "doctor.invalid"  # no name in .invalid is ever in the DNS (RFC 2606), so nobody can write there
FOR_CLEANING = 0.2  # of the time, so that a server that hangs leaves some for removing the account
OTHER_DATABASE = (
    "Dovecot does not see an account that was made a moment ago: it reads another database than MAIL_DATABASE_URL, or "
    "cannot reach it. Make its configuration again with manage.py mail_config, and look into its log."
)


def run(database: str, doveadm: Doveadm, lmtp: Place, imap: Place | None, *, seconds: float) -> None:
    """A StoreError whose text is the first problem with its cure, if there is one; no account stays behind."""
    address, password = f"trial-{secrets.token_hex(4)}@{DOMAIN}", secrets.token_urlsafe(24)
    deadline = Deadline(seconds * (1 - FOR_CLEANING))
    with accounts.opened(database, Deadline(seconds)) as rows:
        rows.put(address, password_hash=hash_password(password), quota=1024, letter_id="", revision=1)
        try:
            rows.open(address)
            _find(doveadm, address, deadline)
            would_take(lmtp, address, deadline)
            if imap:
                _sign_in(imap, address, password, deadline)
        finally:
            rows.delete(address)


def _find(doveadm: Doveadm, address: str, deadline: Deadline) -> None:
    [user] = doveadm.ask(deadline, ("user", {"userMask": [address]}))
    try:
        user.expect()
    except NoSuchMailbox as error:
        raise StoreMismatch(OTHER_DATABASE) from error


class _Imap(imaplib.IMAP4):
    def __init__(self, place: Place, deadline: Deadline) -> None:
        self._place, self._deadline = place, deadline
        super().__init__(place.host, place.port)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        return connect(self._place, self._deadline)


def _sign_in(imap: Place, address: str, password: str, deadline: Deadline) -> None:
    try:
        with _Imap(imap, deadline) as client:
            client.login(address, password)
    except (OSError, imaplib.IMAP4.abort) as error:
        raise StoreUnavailable(f"No IMAP server answers at IMAP_URL: {error}. Set it to where Dovecot listens.") from error
    except imaplib.IMAP4.error as error:
        raise StoreMismatch(
            "Dovecot refuses the right password of an account that was made a moment ago. Its log says why; without TLS "
            "(imaps://) it takes no password, and it must be able to check {ARGON2ID}."
        ) from error
