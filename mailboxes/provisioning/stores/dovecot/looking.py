"""What is in a mailbox: the commands that doveadm is asked, and its answers in the words of the stores."""

import email
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.policy import default
from typing import Any

from mailboxes.provisioning.stores import Capacity, Emptied, Folder, Letter, StoreMismatch
from mailboxes.provisioning.stores.dovecot.doveadm import UNREADABLE, Answer, Command

FOLDERS = ("INBOX", "Drafts", "Sent", "Junk", "Trash")  # their special uses (RFC 6154) are in deploy/mail/dovecot
KIB = 1024

Ask = Callable[..., list[Answer]]  # of one doveadm and for one deadline, given the commands


def quota(address: str) -> Command:
    return "quotaGet", {"user": address}


def capacity(answer: Answer) -> Capacity:
    with as_documented():
        storage = next(row for row in answer.expect() if row["type"] == "STORAGE")
        limit = 0 if storage["limit"] == "-" else int(storage["limit"])
        return Capacity(KIB * int(storage["value"]), KIB * limit)


def status(address: str, folder: str = "*") -> Command:
    fields = ["messages", "unseen", "vsize", "uidnext", "uidvalidity"]
    return "mailboxStatus", {"user": address, "field": fields, "mailboxMask": [folder]}


def folders(answer: Answer) -> list[Folder]:
    with as_documented():
        return sorted((_folder(row) for row in answer.expect()), key=_place)


def empty(ask: Ask, address: str, folder: str, mark: str) -> Emptied:
    """Take away the letters whose UID is below the mark's. None where the server has numbered the folder anew since."""
    validity, following = _numbers(mark)
    was = _only(ask(status(address, folder)))
    if _numbers(was.mark)[0] != validity or following == 1:
        return Emptied(0, was.messages)
    query = ["mailbox", folder, "uid", f"1:{following - 1}"]
    gone, *after = ask(("expunge", {"user": address, "query": query}), status(address, folder))
    gone.expect()
    now = _only(after)
    came = _numbers(now.mark)[1] - _numbers(was.mark)[1]
    return Emptied(was.messages + came - now.messages, now.messages)


def _only(answers: list[Answer]) -> Folder:
    found = folders(answers[0])
    if len(found) != 1:
        raise StoreMismatch("The mailbox has no such folder.")
    return found[0]


def _numbers(mark: str) -> tuple[int, int]:
    """A mark is UIDVALIDITY.UIDNEXT of the folder (RFC 3501 section 2.3.1.1)."""
    if not (found := re.fullmatch(r"([0-9]{1,10})\.([0-9]{1,10})", mark)):
        raise StoreMismatch("A mark of a folder that no store gave.")
    return int(found[1]), int(found[2])


def search(address: str, letter_id: str) -> Command:
    return "search", {"user": address, "query": _in_inbox(letter_id)}


def fetch(address: str, letter_id: str) -> Command:
    return "fetch", {"user": address, "field": ["date.received.unixtime", "text"], "query": _in_inbox(letter_id)}


def letter(answer: Answer) -> Letter | None:
    with as_documented():
        found = answer.expect()
        if not found:
            return None
        message = email.message_from_bytes(found[0]["text"].encode(), policy=default)
        body = message.get_body(preferencelist=("plain",))
        return Letter(
            subject=str(message["Subject"]),
            text=body.get_content() if body else "",
            arrived=datetime.fromtimestamp(int(found[0]["date.received.unixtime"]), UTC),
        )


def _in_inbox(letter_id: str) -> list[str]:
    return ["mailbox", "INBOX", "header", "Message-ID", letter_id]


def _folder(row: dict[str, Any]) -> Folder:
    mark = f"{row['uidvalidity']}.{row['uidnext']}"
    return Folder(row["mailbox"], int(row["messages"]), int(row["unseen"]), int(row["vsize"]), mark)


def _place(folder: Folder) -> tuple[int, str]:
    """The folders of every mailbox first, in their order."""
    return FOLDERS.index(folder.name) if folder.name in FOLDERS else len(FOLDERS), folder.name


@contextmanager
def as_documented() -> Iterator[None]:
    """StoreMismatch where doveadm's answer has not the fields that it should have."""
    try:
        yield
    except (KeyError, TypeError, ValueError, StopIteration, AttributeError) as error:
        raise StoreMismatch(UNREADABLE) from error
