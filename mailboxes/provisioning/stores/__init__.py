"""Mail systems behind one small protocol. A store knows addresses and hashes; it knows nothing of people or of the queue."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Protocol


class StoreError(Exception):
    """A mail system did not do what was asked. ``code`` is stable; the text is for operators and holds no secret."""

    code = "store-error"


class StoreUnavailable(StoreError):
    """It could not be reached, or not in time; the same call may work later."""

    code = "store-unavailable"


class NoSuchMailbox(StoreError):
    """It has no mailbox of that address."""

    code = "no-such-mailbox"


class StoreMismatch(StoreError):
    """It answered, but what it holds is not what was asked for."""

    code = "store-mismatch"


class CannotTell(StoreError):
    """This kind of mail system has no way to show or do what was asked."""

    code = "store-cannot-tell"


@dataclass(frozen=True)
class Folder:
    """``mark`` stands for the letters that are in it now: ``empty`` takes away these and no later one."""

    name: str  # as people write it, its levels parted by "/"
    messages: int
    unread: int
    octets: int
    mark: str


@dataclass(frozen=True)
class Letter:
    """The welcome letter as it lies in the inbox; no other letter is ever read."""

    subject: str
    text: str
    arrived: datetime


@dataclass(frozen=True)
class Capacity:
    """In octets; a limit of 0 is none."""

    used: int
    limit: int


@dataclass(frozen=True)
class Emptied:
    """Letters that are gone, and letters that are in the folder still because they came later."""

    removed: int
    left: int


@dataclass(frozen=True)
class Account:
    """What a mail system has of a mailbox: all that can differ from what the portal believes.

    ``state`` is "open", "suspended" or "begun", which lets nobody in yet. ``quota`` is in octets. ``filter`` is the script
    of ``set_filter``, and None where there are none. ``view`` says how the server itself sees it beside what its database
    has: the "same", an "other" one, as "unknown", or, where the database has none, "alone".
    """

    state: str
    quota: int
    filter: str | None
    view: str = "same"


# What each delegate may do with which folder of somebody else's mailbox: by address and folder, "read" or "write".
Given = Mapping[str, Mapping[str, str]]
# The same as a server has it, by folder and address; what it has of neither kind stands there in the server's own words.
Shared = dict[str, dict[str, str]]


class Store(Protocol):
    """Every call may be repeated, and ends within ten seconds in a result or a StoreError.

    ``revision`` grows with each thing asked for one address: a store ignores a call older than the newest that it
    took, so that a worker which was frozen and wakes up late cannot bring back an old password.
    """

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
        """Make the mailbox, or what is missing of it, with the folders, the quota (octets) and the welcome letter.

        Thereafter it is suspended or not as that says, whatever it was before, and closed no more.
        """

    def set_password(self, address: str, *, password_hash: str, revision: int) -> None:
        """Replace the hash; NoSuchMailbox where there is none."""

    def suspend(self, address: str, *, revision: int) -> None:
        """Refuse the owner's sign-ins; letters still arrive, also again where it was closed.

        Does nothing where there is no mailbox.
        """

    def resume(self, address: str, *, revision: int) -> None:
        """Let the owner sign in again, also where it was closed, and all is as before; NoSuchMailbox where there is none."""

    def close(self, address: str, *, revision: int) -> None:
        """Refuse sign-ins and letters, as if there were no such mailbox. What is in it stays, for ``resume`` to bring back.

        Does nothing where there is no mailbox.
        """

    def takes(self, address: str, password: str) -> bool:
        """Whether it is the password of that mailbox, suspended or not; False where there is none, and as slowly."""

    def capacity(self, address: str) -> Capacity:
        """How full the mailbox is; NoSuchMailbox where there is none."""

    def capacities(self, addresses: Sequence[str]) -> dict[str, Capacity]:
        """How full they are, by address, asked for together; without those of which it cannot tell. At most a hundred."""

    def folders(self, address: str) -> list[Folder]:
        """Those that every mailbox has, the inbox first, then the owner's own by name; NoSuchMailbox where there is none."""

    def welcome(self, address: str) -> Letter | None:
        """The welcome letter, if it is still in the inbox; NoSuchMailbox where there is none."""

    def empty(self, address: str, folder: str, mark: str) -> Emptied:
        """Take away for good the letters that were in the folder when ``mark`` was given; none where that is too old."""

    def end_sessions(self, address: str) -> None:
        """Throw every mail program out that is signed in; each has to give its password again. CannotTell."""

    def share(self, address: str, given: Given) -> None:
        """Let each delegate whom ``given`` names use just those folders, and whoever loses one must sign in anew.

        A folder that is not there is left out; whoever is not named keeps what they have. NoSuchMailbox, CannotTell. It has
        no revision: it does nothing after its time, which is shorter than a lease, so no later call can be at work before.
        """

    def shared(self, address: str) -> Shared:
        """Every folder, and who else may use it; NoSuchMailbox, CannotTell."""

    @property
    def can_filter(self) -> bool:
        """Whether it can forward letters and answer them: ``set_filter`` and ``own_filter`` raise CannotTell if not."""

    def set_filter(self, address: str, *, script: str, revision: int) -> None:
        """Have that Sieve script (RFC 5228) run before the owner's own, none if it is empty; NoSuchMailbox.

        Of a suspended mailbox it does not run.
        """

    def own_filter(self, address: str) -> str:
        """The Sieve script that the owner has in force, as they wrote it; empty if none."""

    def set_quota(self, address: str, *, quota: int, revision: int) -> None:
        """Let the mailbox hold so many octets; NoSuchMailbox where there is none."""

    def accounts(self, addresses: Sequence[str]) -> dict[str, Account]:
        """What it has of them, each looked up singly, at most a hundred. Whatever is not there, it has not.

        StoreError where it cannot tell of all of them: half an answer is none.
        """

    def listed(self) -> Iterator[Sequence[str]]:
        """Every address that it has, in batches; one may come twice. The first that cannot be read ends it in a StoreError.

        Each batch has a time limit of its own, of a minute at most; all of them together take as long as they take.
        """

    def check(self, address: str, *, password_hash: str, quota: int, suspended: bool = False) -> None:
        """Prove by reading back that the mailbox is there, holds its letter and would take its owner; or StoreMismatch.

        That it would not take them, if it is to be ``suspended``.
        """

    def problem(self) -> str | None:
        """What keeps this mail system from working, in one sentence with its cure; None if nothing does."""
