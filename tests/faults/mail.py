"""What the mail system holds in the end, looked at from outside."""

import imaplib
from pathlib import Path
from typing import Protocol

from _mailserver import MailServer
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from tests.production import Production

SCHEME = "{ARGON2ID}"
ACCOUNTS = "SELECT address, count(*) FROM dovecot_auth GROUP BY address"


class Mail(Protocol):
    def accounts(self) -> dict[str, int]:
        """How many accounts there are of each address."""

    def welcome_letters(self, address: str, password: str) -> int:
        """How many letters lie in its inbox: the welcome letter is the only one that was ever sent."""

    def opens(self, address: str, password: str) -> bool:
        """Whether the owner could sign in with the password now."""


class MaildirMail:
    """The embedded store: lines of the users file and files on disk."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def accounts(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for address, _hash in self._lines():
            found[address] = found.get(address, 0) + 1
        return found

    def welcome_letters(self, address: str, password: str) -> int:
        local_part, domain = address.split("@")
        inbox = self._root / domain / local_part / "Maildir"
        return sum(1 for folder in ("new", "cur") for _letter in (inbox / folder).iterdir())

    def opens(self, address: str, password: str) -> bool:
        hashes = [kept for owner, kept in self._lines() if owner == address]
        try:
            return bool(hashes) and PasswordHasher().verify(hashes[0].removeprefix(SCHEME), password)
        except VerifyMismatchError:
            return False

    def _lines(self) -> list[tuple[str, str]]:
        users = self._root / "users"
        lines = users.read_text().splitlines() if users.exists() else []
        return [(line.split(":")[0], line.split(":")[1]) for line in lines]


class DovecotMail:
    """A real mail server: what its view of accounts shows, and what a mail program gets by IMAP."""

    def __init__(self, site: Production, server: MailServer) -> None:
        self._site, self._server = site, server

    def accounts(self) -> dict[str, int]:
        return dict(self._site.query(ACCOUNTS, self._server.database))

    def welcome_letters(self, address: str, password: str) -> int:
        with imaplib.IMAP4("127.0.0.1", self._server.imap) as client:
            client.login(address, password)
            return int(client.select(readonly=True)[1][0] or 0)

    def opens(self, address: str, password: str) -> bool:
        with imaplib.IMAP4("127.0.0.1", self._server.imap) as client:
            try:
                client.login(address, password)
            except imaplib.IMAP4.error as refused:
                if "AUTHENTICATIONFAILED" in str(refused):
                    return False
                raise
            return True


def of(site: Production) -> Mail:
    return DovecotMail(site, site.dovecot) if site.dovecot else MaildirMail(site.folder / "mail")
