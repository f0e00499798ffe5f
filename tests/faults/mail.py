"""What the mail system holds in the end, looked at from outside."""

from pathlib import Path
from typing import Protocol

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

SCHEME = "{ARGON2ID}"


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
