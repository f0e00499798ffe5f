"""The embedded store: Maildir++ folders on local disk beside a users file. No server needed; Dovecot can serve them."""

import email
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP, default
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.views.decorators.debug import sensitive_variables

from mailboxes.provisioning.hashing import fits
from mailboxes.provisioning.stores import (
    Account,
    CannotTell,
    Capacity,
    Emptied,
    Folder,
    Given,
    Letter,
    NoSuchMailbox,
    Shared,
    StoreError,
    StoreMismatch,
    StoreUnavailable,
    maildirfolders,
    usersfile,
)
from mailboxes.provisioning.stores.usersfile import Entry

FOLDERS = ("Drafts", "Sent", "Junk", "Trash")
NO_SHARING = "The embedded store serves no mail programs: nobody else can use its folders."
WELCOME = "0.welcome.portal"  # one fixed file name, so that a second delivery finds the first


class MaildirStore:
    """Mailboxes under ``root/<domain>/<local part>/Maildir``; the users file is ``root/users``."""

    can_filter = False

    def __init__(self, root: Path) -> None:
        self.root = root
        self.users = root / "users"

    def ensure(
        self,
        address: str,
        *,
        password_hash: str,
        quota: int,
        welcome: EmailMessage,
        revision: int,
        suspended: bool = False,
    ) -> None:
        home = self._home(address)
        try:
            _make_folders(home / "Maildir", quota)
            _deliver(home / "Maildir", welcome)
            with usersfile.locked(self.users):
                known = usersfile.find(self.users, address)
                if known is None or known.revision <= revision:
                    # Last, so that nobody can sign in to a mailbox that is not whole.
                    usersfile.put(self.users, Entry(address, password_hash, str(home), quota, revision, suspended))
        except OSError as error:
            raise StoreUnavailable(f"The mail folder cannot be written: {error.strerror}.") from error

    def set_password(self, address: str, *, password_hash: str, revision: int) -> None:
        self._change(address, revision, password_hash=password_hash)

    def suspend(self, address: str, *, revision: int) -> None:
        try:
            self._change(address, revision, suspended=True)
        except NoSuchMailbox:
            return

    def resume(self, address: str, *, revision: int) -> None:
        self._change(address, revision, suspended=False)

    def close(self, address: str, *, revision: int) -> None:
        try:
            self._change(address, revision, suspended=True, closed=True)
        except NoSuchMailbox:
            return

    def set_filter(self, address: str, *, script: str, revision: int) -> None:
        raise CannotTell("The embedded store has no program that could forward letters.")

    def own_filter(self, address: str) -> str:
        raise CannotTell("The embedded store has no filters.")

    @sensitive_variables("password")
    def takes(self, address: str, password: str) -> bool:
        try:
            entry = self._entry(address)
        except NoSuchMailbox:
            return fits(password, None)
        return fits(password, entry.password_hash)

    def capacity(self, address: str) -> Capacity:
        entry = self._entry(address)
        with _readable():
            return maildirfolders.capacity(self._maildir(entry), entry.quota)

    def capacities(self, addresses: Sequence[str]) -> dict[str, Capacity]:
        found = {}
        for address in addresses:
            with suppress(StoreError):
                found[address] = self.capacity(address)
        return found

    def folders(self, address: str) -> list[Folder]:
        maildir = self._maildir(self._entry(address))
        with _readable():
            return maildirfolders.folders(maildir, FOLDERS)

    def welcome(self, address: str) -> Letter | None:
        maildir = self._maildir(self._entry(address))
        with _readable():
            return _welcome(maildir)

    def empty(self, address: str, folder: str, mark: str) -> Emptied:
        maildir = self._maildir(self._entry(address))
        with _readable():
            return maildirfolders.empty(maildir, folder, mark)

    def end_sessions(self, address: str) -> None:
        raise CannotTell("The embedded store serves no mail programs: it has no sessions to end.")

    def share(self, address: str, given: Given) -> None:
        raise CannotTell(NO_SHARING)

    def shared(self, address: str) -> Shared:
        raise CannotTell(NO_SHARING)

    def set_quota(self, address: str, *, quota: int, revision: int) -> None:
        self._change(address, revision, quota=quota)

    def accounts(self, addresses: Sequence[str]) -> dict[str, Account]:
        if not self.users.exists():  # where mailboxes are looked for there has been one
            raise StoreUnavailable(f"The users file {self.users} is gone. See whether its disk is mounted.")
        with _readable():
            entries = {entry.address: entry for entry in usersfile.entries(self.users)}
        found = ((address, entries.get(address)) for address in addresses)
        return {
            address: Account("suspended" if entry.suspended else "open", entry.quota, None)
            for address, entry in found
            if entry and not entry.closed
        }

    def listed(self) -> Iterator[Sequence[str]]:
        with _readable(), suppress(FileNotFoundError):  # nobody has a mailbox yet
            yield [entry.address for entry in usersfile.entries(self.users) if not entry.closed]

    def check(self, address: str, *, password_hash: str, quota: int, suspended: bool = False) -> None:
        entry = self._entry(address)
        if (entry.password_hash, entry.quota, entry.suspended) != (password_hash, quota, suspended):
            raise StoreMismatch(f"The users file holds something else for {address}.")
        maildir = self._maildir(entry)
        for folder in (maildir, *(maildir / f".{name}" for name in FOLDERS)):
            if not all(os.access(folder / part, os.R_OK | os.W_OK | os.X_OK) for part in ("cur", "new", "tmp")):
                raise StoreMismatch(f"{address} has no usable folder {folder.name}.")
        if _welcome(maildir) is None:
            raise StoreMismatch(f"The welcome letter is not in the inbox of {address}.")

    def problem(self) -> str | None:
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.root):
                return None
        except OSError as error:
            return (
                f"The mail folder {self.root} cannot be written ({error.strerror}). Set MAILDIR_ROOT to a folder "
                "that belongs to the portal's user."
            )

    def _home(self, address: str) -> Path:
        local_part, domain = address.split("@")
        return self.root / domain / local_part

    @staticmethod
    def _maildir(entry: Entry) -> Path:
        return Path(entry.home) / "Maildir"

    def _entry(self, address: str, *, also_closed: bool = False) -> Entry:
        try:
            entry = usersfile.find(self.users, address)
        except OSError as error:
            raise StoreUnavailable(f"The users file cannot be read: {error.strerror}.") from error
        if entry is None or (entry.closed and not also_closed):
            raise NoSuchMailbox(f"The users file has no {address}.")
        return entry

    def _change(self, address: str, revision: int, **what: Any) -> None:
        """Set fields of the entry; one that is suspended or not is open again, unless it is told to be closed."""
        try:
            with usersfile.locked(self.users):
                was = self._entry(address, also_closed=True)
                if was.revision > revision:
                    return
                if "suspended" in what:
                    what = {"closed": False} | what
                usersfile.put(self.users, replace(was, revision=revision, **what))
        except OSError as error:
            raise StoreUnavailable(f"The users file cannot be written: {error.strerror}.") from error


def _make_folders(maildir: Path, quota: int) -> None:
    for folder in (maildir, *(maildir / f".{name}" for name in FOLDERS)):
        for part in ("cur", "new", "tmp"):
            (folder / part).mkdir(parents=True, exist_ok=True, mode=0o700)
        if folder != maildir:
            (folder / "maildirfolder").touch()
    (maildir / "subscriptions").write_text("".join(f"{name}\n" for name in FOLDERS))
    size = maildir / "maildirsize"
    if not size.exists():
        size.write_text(f"{quota}S\n")  # Maildir++: the quota, then one line a change


def _deliver(maildir: Path, letter: EmailMessage) -> None:
    """Put the welcome letter into ``new``, once: written aside, flushed, then renamed, as Maildir asks."""
    if _welcome_path(maildir) is not None:
        return
    octets = letter.as_bytes(policy=SMTP)
    aside = maildir / "tmp" / f"{WELCOME}.{os.getpid()}"
    with aside.open("wb") as file:
        file.write(octets)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(maildir / "new" / WELCOME)
    with (maildir / "maildirsize").open("a") as size:
        size.write(f"{len(octets)} 1\n")


def _welcome_path(maildir: Path) -> Path | None:
    if (new := maildir / "new" / WELCOME).exists():
        return new
    # A mail program that showed it has moved it to cur, with its flags after ":2,".
    seen = (entry for entry in os.scandir(maildir / "cur") if entry.name.startswith(WELCOME))
    return next((Path(entry.path) for entry in seen), None)


def _welcome(maildir: Path) -> Letter | None:
    path = _welcome_path(maildir)
    if path is None:
        return None
    found = path.stat()
    return _parsed(path, found.st_mtime_ns, found.st_size)


@lru_cache  # reading MIME takes longer than all the rest of a page, and the letter never changes
def _parsed(path: Path, mtime_ns: int, _octets: int) -> Letter:
    with path.open("rb") as file:
        message = email.message_from_binary_file(file, policy=default)
    body = message.get_body(preferencelist=("plain",))
    return Letter(
        subject=str(message["Subject"]),
        text=body.get_content() if body else "",
        arrived=datetime.fromtimestamp(mtime_ns / 1e9, UTC),
    )


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreUnavailable(f"The mail folder cannot be read: {error.strerror}.") from error
