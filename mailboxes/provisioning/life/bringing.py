"""The one way in which a mailbox comes from one state to another: by changed facts, with the job for the mail server."""

from datetime import datetime
from typing import Any

from accounts.models import Person
from mailboxes import states
from mailboxes.models import Delegation, Job, Mailbox
from mailboxes.provisioning import outbox, sharing
from mailboxes.provisioning.life.standing import BY_THE_OFFICE, Facts, days_until, next_at, warned_of

State = Mailbox.State
# What the mail server has to do so that it treats a mailbox as that state wants it.
SERVER = {State.ACTIVE: Job.Kind.RESUME, State.LEAVING: Job.Kind.RESUME, State.SUSPENDED: Job.Kind.SUSPEND}


def require(mailbox: Mailbox, *allowed: str) -> None:
    """NotAllowed unless it is in one of these states."""
    if mailbox.state not in allowed:
        raise states.NotAllowed(f"{mailbox} is {mailbox.state}.")


def bring(
    mailbox: Mailbox, *, verb: str, now: datetime, actor: Person | None, reason: str = "", address: str = "", **facts: Any
) -> None:
    """Set facts, and whatever follows from them, of a mailbox that is not closed thereafter; inside a transaction.

    ``reason`` is for its owner to read for as long as the office holds it, and in the event.
    NotAllowed if somebody changed it since it was read.
    """
    was = mailbox.state
    known = Facts.of(mailbox, **facts)
    state, cause = known.state(now)
    fields: dict[str, Any] = facts | {
        "cause": cause,
        "reason": (reason or mailbox.reason) if known.hold in BY_THE_OFFICE else "",
        "held_at": _held_at(mailbox, state, cause, now),
        "closes_at": known.closes_at,
        "warned_days": None,
        "next_at": None,
    }
    if end := known.end(now):
        told = mailbox.warned_days if end == warned_of(mailbox) else None
        warned_days = days_until(end, now) if told is None else told
        fields |= {"warned_days": warned_days, "next_at": next_at(end, warned_days)}
    states.move_mailbox(mailbox, state, now=now, actor=actor, verb=verb, said=reason, address=address, **fields)
    if SERVER[State(state)] != SERVER.get(State(was)):
        outbox.put(mailbox, SERVER[State(state)], now=now)
        sharing.ask_for_all(mailbox, now=now)


def close(mailbox: Mailbox, *, cause: str, now: datetime, actor: Person | None, reason: str = "", address: str = "") -> None:
    """End it, with the delegations of and to it; inside a transaction. NotAllowed if somebody changed it since it was read.

    Who held it stays known: a mailbox that somebody else used does not come back open.
    """
    ended: dict[str, Any] = dict.fromkeys(("leaves_at", "close_asked_at", "warned_days", "next_at", "held_at"))
    states.move_mailbox(
        mailbox,
        State.CLOSED,
        now=now,
        actor=actor,
        said=reason,
        address=address,
        **ended | {"cause": cause, "closes_at": now, "reason": reason or mailbox.reason, "kept_for": ""},
    )
    for delegation in (*mailbox.given.all(), *mailbox.received.all()):
        if delegation.state in Delegation.LIVING:
            states.move_delegation(delegation, "ended", now=now, actor=actor)
    outbox.put(mailbox, Job.Kind.CLOSE, now=now)
    sharing.ask_for_all(mailbox, now=now)


def _held_at(mailbox: Mailbox, state: str, cause: str, now: datetime) -> datetime | None:
    """Since when it is suspended by that cause; None where it is not."""
    if state != State.SUSPENDED:
        return None
    return (mailbox.held_at if cause == mailbox.cause else None) or now
