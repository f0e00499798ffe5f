"""Mailboxes on Dovecot: rows in the mail system's own database, folders and sessions by doveadm, the letter by LMTP."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from functools import partial
from typing import ClassVar

from django.views.decorators.debug import sensitive_variables

from mailboxes.provisioning.hashing import fits
from mailboxes.provisioning.stores import (
    Account,
    Capacity,
    Emptied,
    Folder,
    Given,
    Letter,
    Shared,
    StoreError,
    StoreMismatch,
)
from mailboxes.provisioning.stores.dovecot import accounts, listing, looking, sharing, trial
from mailboxes.provisioning.stores.dovecot.deadline import Deadline
from mailboxes.provisioning.stores.dovecot.doveadm import EXISTS, NOT_FOUND, Answer, Command, Doveadm
from mailboxes.provisioning.stores.dovecot.lmtp import deliver
from mailboxes.provisioning.stores.dovecot.looking import FOLDERS, as_documented
from mailboxes.provisioning.stores.dovecot.places import Place

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
        deadline, letter_id = Deadline(self.seconds), str(welcome["Message-ID"])
        with accounts.opened(self.database, deadline) as rows:
            # From the first statement letters arrive; only the last one lets the owner in.
            rows.put(
                address,
                password_hash=password_hash,
                quota=quota,
                letter_id=letter_id,
                revision=revision,
                suspended=suspended,
            )
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

    def close(self, address: str, *, revision: int) -> None:
        deadline = Deadline(self.seconds)
        with accounts.opened(self.database, deadline) as rows:
            newest = rows.close(address, revision)
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
        with as_documented():
            active = next((row["script"] for row in listed.expect() if row["active"] == "ACTIVE"), None)
        if active is None:
            return ""
        [got] = self.doveadm.ask(deadline, ("sieveGet", {"user": address, "scriptname": active}))
        with as_documented():
            return str(got.expect()[0]["sieve script"])

    @sensitive_variables("password")
    def takes(self, address: str, password: str) -> bool:
        """By the view that Dovecot signs people in by, and not by a sign-in over IMAP: Dovecot makes whoever comes from an
        address wait longer after each wrong password, and that address would be the portal's, for everybody."""
        with accounts.opened(self.database, Deadline(self.seconds)) as rows:
            password_hash = rows.password_hash(address)
        return fits(password, password_hash)

    def capacity(self, address: str) -> Capacity:
        [answer] = self._look(looking.quota(address))
        return looking.capacity(answer)

    def capacities(self, addresses: Sequence[str]) -> dict[str, Capacity]:
        answers = self._look(*(looking.quota(address) for address in addresses))
        found = zip(addresses, answers, strict=True)
        return {address: looking.capacity(answer) for address, answer in found if not answer.exit_code}

    def folders(self, address: str) -> list[Folder]:
        [answer] = self._look(looking.status(address))
        return looking.folders(answer)

    def welcome(self, address: str) -> Letter | None:
        deadline = Deadline(self.seconds)
        with accounts.opened(self.database, deadline) as rows:
            letter_id = rows.letter_id(address)
        [answer] = self.doveadm.ask(deadline, looking.fetch(address, letter_id))
        return looking.letter(answer)

    def empty(self, address: str, folder: str, mark: str) -> Emptied:
        return looking.empty(partial(self.doveadm.ask, Deadline(self.seconds)), address, folder, mark)

    def end_sessions(self, address: str) -> None:
        self._end_sessions(address, Deadline(self.seconds))

    def share(self, address: str, given: Given) -> None:
        sharing.share(partial(self.doveadm.ask, Deadline(self.seconds)), address, given)

    def shared(self, address: str) -> Shared:
        return sharing.shared(partial(self.doveadm.ask, Deadline(self.seconds)), address)

    def set_quota(self, address: str, *, quota: int, revision: int) -> None:
        with accounts.opened(self.database, Deadline(self.seconds)) as rows:
            rows.set_quota(address, quota, revision)

    def accounts(self, addresses: Sequence[str]) -> dict[str, Account]:
        deadline = Deadline(self.seconds)
        with accounts.opened(self.database, deadline) as rows:
            return listing.accounts(rows, partial(self.doveadm.ask, deadline), addresses)

    def listed(self) -> Iterator[Sequence[str]]:
        return listing.listed(self.database, self.doveadm, self.seconds)

    def check(self, address: str, *, password_hash: str, quota: int, suspended: bool = False) -> None:
        """The view that Dovecot reads holds this hash and lets the owner in; Dovecot shows that it reads just this row."""
        deadline = Deadline(self.seconds)
        with accounts.opened(self.database, deadline) as rows:
            letter_id, seen = rows.letter_id(address), rows.seen(address)
        if (seen.password_hash, seen.may_sign_in, seen.quota_rule) != (password_hash, not suspended, f"*:bytes={quota}"):
            raise StoreMismatch(f"The mail database holds something else for {address}.")
        user, status, found = self.doveadm.ask(
            deadline, ("user", {"userMask": [address]}), looking.status(address), looking.search(address, letter_id)
        )
        with as_documented():
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

    def _look(self, *commands: Command) -> list[Answer]:
        return self.doveadm.ask(Deadline(self.seconds), *commands)

    def _make_folders(self, address: str, letter_id: str, deadline: Deadline) -> bool:
        """Make what is missing; whether the letter is in the inbox already."""
        folders = {"user": address, "mailbox": list(FOLDERS), "subscriptions": True}
        made, found = self.doveadm.ask(deadline, ("mailboxCreate", folders), looking.search(address, letter_id))
        made.expect(EXISTS)  # it goes on with the others
        return bool(found.expect())

    def _end_sessions(self, address: str, deadline: Deadline) -> None:
        [kicked] = self.doveadm.ask(deadline, ("kick", {"mask": [address]}))
        kicked.expect(NOT_FOUND)
