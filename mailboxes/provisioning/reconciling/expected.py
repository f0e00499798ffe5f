"""What a mail server should have of a mailbox, and where what it has differs. Values are facts, not sentences."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from accounts.models import Person
from mailboxes.models import Finding, Job, Mailbox
from mailboxes.provisioning.filters import redirects
from mailboxes.provisioning.sharing import Difference
from mailboxes.provisioning.stores import Account

Kind = Finding.Kind
NONE = "none"  # what a server has of an address that it does not know


@dataclass(frozen=True)
class Expected:
    """The states of an ``Account`` that fit, and the job that brings the server to one of them."""

    states: frozenset[str]
    repair: Job.Kind


def _row(repair: Job.Kind, *states: str) -> Expected:
    return Expected(frozenset(states), repair)


# By the state of the mailbox. One that is not here is not compared: its job is what decides.
EXPECTED: dict[str, Expected] = {
    Mailbox.State.ACTIVE: _row(Job.Kind.RESUME, "open"),
    Mailbox.State.LEAVING: _row(Job.Kind.RESUME, "open"),
    Mailbox.State.SUSPENDED: _row(Job.Kind.SUSPEND, "suspended"),
    Mailbox.State.CLOSED: _row(Job.Kind.CLOSE, NONE),
    Mailbox.State.CANCELLED: _row(Job.Kind.CLOSE, NONE),
}
KEEPER = "unclaimed-addresses"  # the local "person" whose rows keep the names that the portal never gave
# Of those the letters still arrive: they may be somebody's whom the portal has forgotten.
UNCLAIMED = _row(Job.Kind.SUSPEND, NONE, "suspended")


@dataclass(frozen=True)
class Seen:
    """A difference of one mailbox or address: of which kind, and what each side says."""

    kind: Kind
    portal: str
    server: str


def of(mailbox: Mailbox) -> Expected | None:
    """What is expected of it; None where it is not compared."""
    if (mailbox.person.source, mailbox.person.subject) == (Person.LOCAL, KEEPER):
        return UNCLAIMED
    return EXPECTED.get(mailbox.state)


def differences(mailbox: Mailbox, account: Account | None, script: str) -> Iterator[Seen]:
    """``script`` is what the server should run for this mailbox; ``account`` is None where it has none."""
    expected = of(mailbox)
    if expected is None:
        return
    if account and account.view != "same":
        yield Seen(Kind.UNSEEN, mailbox.state, account.view)
        if account.view == "alone":
            return  # the jobs go by the mail database: nothing else can be put right before this
    state, may_lack_it = account.state if account else NONE, NONE in expected.states
    if state not in expected.states:
        is_missing = state in (NONE, "begun") and not may_lack_it
        yield Seen(Kind.MISSING if is_missing else Kind.STATE, mailbox.state, state)
    if account is None or may_lack_it:
        return
    if account.quota != mailbox.service.quota_bytes:
        yield Seen(Kind.QUOTA, str(mailbox.service.quota_bytes), str(account.quota))
    if account.filter is not None and account.filter != script:
        yield Seen(Kind.FORWARDING, digest(script), digest(account.filter))


def of_delegations(found: list[Difference]) -> Iterator[Seen]:
    """One for a mailbox, with all of its folders but those that are gone: there is nothing in them to be used."""
    there = [each for each in found if not each.gone]
    if there:
        portal = [_entry(each, each.believed) for each in there if each.believed]
        server = [_entry(each, each.found) for each in there if each.found]
        yield Seen(Kind.DELEGATION, _joined(portal), _joined(server))


def digest(script: str) -> str:
    """Where a script sends letters, and a mark that differs with every other letter of it; empty for none."""
    if not script:
        return ""
    words = [f"redirect {target}" for target in redirects(script)] + ["vacation"] * ("vacation " in script)
    return _joined([*words, sha256(script.encode()).hexdigest()[:8]])


def _entry(difference: Difference, rights: str) -> str:
    return f"{difference.folder} → {difference.who}: {rights}"


def _joined(parts: list[str]) -> str:
    return "; ".join(parts)[: Finding.LONGEST]
