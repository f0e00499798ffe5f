"""The folders of a Maildir++ on disk, counted by walking: https://www.courier-mta.org/imap/README.maildirquota.html"""

import base64
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from mailboxes.provisioning.stores import Capacity, Emptied, Folder, StoreMismatch

SHIFTED = re.compile(r"&([^-]*)-")  # a run of modified BASE64 in a name


def capacity(maildir: Path, limit: int) -> Capacity:
    """``limit`` in octets."""
    return Capacity(sum(entry.stat().st_size for folder in _folders(maildir) for entry in _letters(folder)), limit)


def folders(maildir: Path, of_every_mailbox: Sequence[str]) -> list[Folder]:
    """The inbox, those of every mailbox, then the others by name."""
    own = sorted(path.name[1:] for path in _folders(maildir) if path != maildir and path.name[1:] not in of_every_mailbox)
    rest = [_folder(_readable(name), maildir / f".{name}") for name in (*of_every_mailbox, *own)]
    return [_folder("INBOX", maildir), *rest]


def empty(maildir: Path, folder: str, mark: str) -> Emptied:
    """A mark is the time, in nanoseconds, of the last change of any letter's place or name in the folder."""
    if not re.fullmatch(r"[0-9]{1,20}", mark):
        raise StoreMismatch("A mark of a folder that no store gave.")
    removed = left = 0
    for entry in list(_letters(maildir / f".{folder}")):
        if entry.stat().st_ctime_ns <= int(mark):
            os.unlink(entry.path)
            removed += 1
        else:
            left += 1
    return Emptied(removed, left)


def _folders(maildir: Path) -> Iterator[Path]:
    yield maildir
    for entry in os.scandir(maildir):
        if entry.name.startswith(".") and entry.is_dir() and (maildir / entry.name / "cur").is_dir():
            yield maildir / entry.name


def _letters(folder: Path) -> Iterator[os.DirEntry[str]]:
    for part in ("new", "cur"):
        yield from os.scandir(folder / part)


def _folder(name: str, path: Path) -> Folder:
    messages = unread = octets = last = 0
    for entry in _letters(path):
        found = entry.stat()
        messages, octets, last = messages + 1, octets + found.st_size, max(last, found.st_ctime_ns)
        unread += "S" not in entry.name.rpartition(":2,")[2] or ":2," not in entry.name
    return Folder(name, messages, unread, octets, str(last))


def _readable(name: str) -> str:
    """A folder's name as people write it: modified UTF-7 decoded (RFC 3501 section 5.1.3), levels parted by "/"."""
    levels = name.replace(".", "/")
    return SHIFTED.sub(lambda run: _unshifted(run[1]), levels)


def _unshifted(run: str) -> str:
    if not run:
        return "&"
    try:
        octets = base64.b64decode(run.replace(",", "/") + "=" * (-len(run) % 4), validate=True)
    except ValueError:
        return f"&{run}-"  # not made by a mail program
    return octets.decode("utf-16-be", errors="replace")
