"""A users file in Dovecot's passwd-file format, changed under a lock by replacing it whole.

One line a mailbox: ``address:hash:uid:gid:gecos:home:shell:extra fields``. The revision and a suspension live in the
extra fields. The line of a closed mailbox is a comment, so that no program knows of it. Meant for thousands of mailboxes on
one disk; a mail server's own database takes over beyond that.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mailboxes.provisioning.stores import StoreMismatch, StoreUnavailable

LOCK_SECONDS = 5.0
CLOSED = "#"  # begins a comment


@dataclass(frozen=True)
class Entry:
    address: str
    password_hash: str
    home: str
    quota: int  # octets
    revision: int
    suspended: bool = False
    closed: bool = False

    def line(self) -> str:
        extra = [f"userdb_quota_rule=*:bytes={self.quota}", f"portal_revision={self.revision}"]
        if self.suspended:
            extra.append("nologin=y")
        return CLOSED * self.closed + ":".join(
            [self.address, self.password_hash, str(os.getuid()), str(os.getgid()), "", self.home, "", " ".join(extra)]
        )


def parse(line: str) -> Entry:
    """One line of the file; StoreMismatch if somebody else wrote it in another form."""
    try:
        address, password_hash, _uid, _gid, _gecos, home, _shell, extra = line.removeprefix(CLOSED).split(":", 7)
        fields = dict(field.split("=", 1) for field in extra.split(" "))
        return Entry(
            address=address,
            password_hash=password_hash,
            home=home,
            quota=int(fields["userdb_quota_rule"].removeprefix("*:bytes=")),
            revision=int(fields["portal_revision"]),
            suspended=fields.get("nologin") == "y",
            closed=line.startswith(CLOSED),
        )
    except (ValueError, KeyError) as error:
        raise StoreMismatch("The users file has a line that the portal did not write.") from error


def find(path: Path, address: str) -> Entry | None:
    try:
        text = "\n" + path.read_text()
    except FileNotFoundError:
        return None
    for sign in ("", CLOSED):
        _, found, rest = text.partition(f"\n{sign}{address}:")
        if found:
            return parse(f"{sign}{address}:{rest.partition(chr(10))[0]}")
    return None


def entries(path: Path) -> list[Entry]:
    """All of them; FileNotFoundError, and StoreMismatch for a line that the portal did not write."""
    return [parse(line) for line in path.read_text().splitlines()]


def put(path: Path, entry: Entry) -> None:
    """Write the entry in place of its older one, or add it; the caller holds the lock."""
    kept = [line for line in _lines(path) if not line.removeprefix(CLOSED).startswith(f"{entry.address}:")]
    _replace(path, "".join(f"{line}\n" for line in [*kept, entry.line()]))


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep every other process from changing the file; StoreUnavailable if one holds it for longer than five seconds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + LOCK_SECONDS
    with path.with_suffix(".lock").open("a") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise StoreUnavailable("The users file is locked by another process.") from None
                time.sleep(0.005)
        yield


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text().splitlines()
    except FileNotFoundError:
        return []


def _replace(path: Path, text: str) -> None:
    before = path.stat().st_mtime if path.exists() else 0.0
    fresh = path.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    # Dovecot looks at whole seconds of the time: two rewrites of one size within a second would leave the old one in force.
    when = max(int(before) + 1.0, time.time())
    os.utime(fresh, (when, when))
    fresh.replace(path)
