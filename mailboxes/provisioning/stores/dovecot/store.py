"""Mailboxes on Dovecot: rows in the mail system's own database, folders and sessions by doveadm, the letter by LMTP."""

import email
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from typing import Any, ClassVar

from mailboxes.provisioning.stores import Folder, Letter, StoreError, StoreMismatch, Usage
from mailboxes.provisioning.stores.dovecot import accounts, trial
from mailboxes.provisioning.stores.dovecot.deadline import Deadline
from mailboxes.provisioning.stores.dovecot.doveadm import EXISTS, NOT_FOUND, UNREADABLE, Command, Doveadm
from mailboxes.provisioning.stores.dovecot.lmtp import deliver
from mailboxes.provisioning.stores.dovecot.places import Place

FOLDERS = ("INBOX", "Drafts", "Sent", "Junk", "Trash")  # their special uses (RFC 6154) are in deploy/mail/dovecot
CALL_SECONDS = 9.0


@dataclass(frozen=True)
class DovecotStore:
    """``database`` is the URL of the mail database; ``imap`` is for the trial sign-in of ``problem``.

    ``seconds`` is the most that a call takes, whatever the servers do.
    """

    database: str
    doveadm: Doveadm
    lmtp: Place
    imap: Place | None = None
    seconds: float = CALL_SECONDS
    can_filter: ClassVar[bool] = True

    def ensure(self, address: str, *, password_hash: str, quota: int, welcome: EmailMessage, revision: int) -> None:
        deadline, letter_id = Deadline(self.seconds), str(welcome["Message-ID"])
        with accounts.opened(self.database, deadline) as rows:
            # From the first statement letters arrive; only the last one lets the owner in.
            rows.put(address, password_hash=password_hash, quota=quota, letter_id=letter_id, revision=revision)
            if not self._make_folders(address, letter_id, deadline):
                deliver(self.lmtp, address, welcome, deadline)
            rows.open(address)

    def set_password(self, address: str, *, password_hash: str, revision: int) -> None:
        deadline = Deadline(self.seconds)
        with accounts.opened(self.database, deadline) as rows:
            newest = rows.set_password(address, password_hash, revision)
        if newest:
            self._end_sessions(address, deadline)

    def suspend(self, address: str, *, revision: int) -> None:
        deadline = Deadline(self.seconds)
        with accounts.opened(self.database, deadline) as rows:
            newest = rows.suspend(address, revision)
        if newest:
            self._end_sessions(address, deadline)

    def resume(self, address: str, *, revision: int) -> None:
        with accounts.opened(self.database, Deadline(self.seconds)) as rows:
            rows.resume(address, revision)

    def set_filter(self, address: str, *, script: str, revision: int) -> None:
        with accounts.opened(self.database, Deadline(self.seconds)) as rows:
            rows.set_filter(address, script, revision)

    def own_filter(self, address: str) -> str:
        deadline = Deadline(self.seconds)
        [listed] = self.doveadm.ask(deadline, ("sieveList", {"user": address}))
        with _as_documented():
            active = next((row["script"] for row in listed.expect() if row["active"] == "ACTIVE"), None)
        if active is None:
            return ""
        [got] = self.doveadm.ask(deadline, ("sieveGet", {"user": address, "scriptname": active}))
        with _as_documented():
            return str(got.expect()[0]["sieve script"])

    def usage(self, address: str) -> Usage:
        deadline = Deadline(self.seconds)
        with accounts.opened(self.database, deadline) as rows:
            letter_id = rows.letter_id(address)
        fields = ["date.received.unixtime", "text"]
        letter = ("fetch", {"user": address, "field": fields, "query": _in_inbox(letter_id)})
        status, quota, letters = self.doveadm.ask(deadline, _status(address), ("quotaGet", {"user": address}), letter)
        with _as_documented():
            storage = next(row for row in quota.expect() if row["type"] == "STORAGE")
            folders = sorted((_folder(row) for row in status.expect()), key=_place)
            used, limit = (1024 * int(storage[field]) for field in ("value", "limit"))
            return Usage(used, limit, folders, _letter(letters.expect()))

    def check(self, address: str, *, password_hash: str, quota: int) -> None:
        """The view that Dovecot reads holds this hash and lets the owner in; Dovecot shows that it reads just this row."""
        deadline = Deadline(self.seconds)
        with accounts.opened(self.database, deadline) as rows:
            letter_id, seen = rows.letter_id(address), rows.seen(address)
        if (seen.password_hash, seen.may_sign_in, seen.quota_rule) != (password_hash, True, f"*:bytes={quota}"):
            raise StoreMismatch(f"The mail database holds something else for {address}.")
        user, status, found = self.doveadm.ask(
            deadline, ("user", {"userMask": [address]}), _status(address), _search(address, letter_id)
        )
        with _as_documented():
            fields = user.expect()[address]
            if (fields["quota_rule"], fields["portal_revision"]) != (seen.quota_rule, str(seen.revision)):
                raise StoreMismatch(f"Dovecot sees {address} otherwise: it reads another database, or an older copy.")
            missing = set(FOLDERS) - {row["mailbox"] for row in status.expect()}
        if missing:
            raise StoreMismatch(f"{address} has no folder {', '.join(sorted(missing))}.")
        if not found.expect():
            raise StoreMismatch(f"The welcome letter is not in the inbox of {address}.")

    def problem(self) -> str | None:
        try:
            trial.run(self.database, self.doveadm, self.lmtp, self.imap, seconds=self.seconds)
        except StoreError as error:
            return str(error)
        return None

    def _make_folders(self, address: str, letter_id: str, deadline: Deadline) -> bool:
        """Make what is missing; whether the letter is in the inbox already."""
        folders = {"user": address, "mailbox": list(FOLDERS), "subscriptions": True}
        made, found = self.doveadm.ask(deadline, ("mailboxCreate", folders), _search(address, letter_id))
        made.expect(EXISTS)  # it goes on with the others
        return bool(found.expect())

    def _end_sessions(self, address: str, deadline: Deadline) -> None:
        [kicked] = self.doveadm.ask(deadline, ("kick", {"mask": [address]}))
        kicked.expect(NOT_FOUND)


def _in_inbox(letter_id: str) -> list[str]:
    return ["mailbox", "INBOX", "header", "Message-ID", letter_id]


def _search(address: str, letter_id: str) -> Command:
    return "search", {"user": address, "query": _in_inbox(letter_id)}


def _status(address: str) -> Command:
    return "mailboxStatus", {"user": address, "field": ["messages", "unseen", "vsize"], "mailboxMask": ["*"]}


def _folder(row: dict[str, Any]) -> Folder:
    return Folder(row["mailbox"], int(row["messages"]), int(row["unseen"]), int(row["vsize"]))


def _place(folder: Folder) -> tuple[int, str]:
    """The folders of every mailbox first, in their order."""
    return FOLDERS.index(folder.name) if folder.name in FOLDERS else len(FOLDERS), folder.name


def _letter(found: Sequence[dict[str, Any]]) -> Letter | None:
    if not found:
        return None
    message = email.message_from_bytes(found[0]["text"].encode(), policy=default)
    body = message.get_body(preferencelist=("plain",))
    return Letter(
        subject=str(message["Subject"]),
        text=body.get_content() if body else "",
        arrived=datetime.fromtimestamp(int(found[0]["date.received.unixtime"]), UTC),
    )


@contextmanager
def _as_documented() -> Iterator[None]:
    """StoreMismatch where doveadm's answer has not the fields that it should have."""
    try:
        yield
    except (KeyError, TypeError, ValueError, StopIteration, AttributeError) as error:
        raise StoreMismatch(UNREADABLE) from error
