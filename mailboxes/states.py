"""Every state that an application, a mailbox or a delegation can go to from each; nothing else moves them."""

from datetime import datetime
from typing import Any

from accounts import audit
from accounts.models import Person
from mailboxes.models import Application, Delegation, Mailbox

APPLICATION: dict[str, set[str]] = {
    "draft": {"held", "review", "pending", "cancelled"},
    "held": {"draft", "rejected", "cancelled"},
    "review": {"asked", "draft", "pending", "rejected", "cancelled"},  # to draft: a reviewer offers other names
    "asked": {"review", "draft", "pending", "rejected", "cancelled"},
    "pending": {"done", "cancelled"},
    "rejected": set(),
    "done": set(),
    "cancelled": set(),
}
MAILBOX: dict[str, set[str]] = {
    "pending": {"active", "cancelled"},
    "active": {"suspended", "leaving", "closed"},
    "suspended": {"active", "suspended", "leaving", "closed"},  # to itself: by another cause, or with another end
    "leaving": {"active", "suspended", "leaving", "closed"},
    "closed": {"active", "suspended"},  # an administrator reopens it: suspended still, where somebody else used it
    "cancelled": {"pending"},  # its holder applies again for the same name
}
DELEGATION: dict[str, set[str]] = {
    "offered": {"accepted", "declined", "ended"},
    "accepted": {"ended"},
    "declined": set(),
    "ended": set(),
}


class NotAllowed(Exception):
    """The table has no such transition, or somebody else made one first."""


def move_application(
    application: Application,
    to: str,
    *,
    now: datetime,
    actor: Person | None,
    verb: str = "",
    reason: str = "",
    address: str = "",
    **fields: Any,
) -> None:
    """Bring an application to another state, set ``fields`` with it, and write the event; inside a transaction.

    ``verb`` is what the event calls it; by itself it is called by the state. ``address`` is where it was asked from.
    The hash of its password is wiped wherever nobody is to decide about it any more.
    """
    if to in ("done", "cancelled", "rejected"):
        fields["finished_at"] = now
    if to in ("pending", "rejected") and application.state in Application.IN_QUEUE:
        fields["decided_at"] = now
    if to not in ("review", "asked"):
        fields["password_hash"] = ""
    if to == "draft":
        fields["queued_at"] = None
    elif to in ("held", "review") and application.queued_at is None:  # an answer does not begin the waiting anew
        person = application.person
        fields |= {"queued_at": now, "queued_condition": person.condition, "queued_unit": person.unit}
    said = {"reason": reason} if reason else {}
    _move(application, APPLICATION, to, fields)
    audit.record(
        f"application.{verb or to}",
        person=application.person,
        actor=actor,
        mailbox=application.mailbox.address if application.mailbox else "",
        address=address,
        application=application.reference,
        service=application.service.slug,
        **said,
    )


def move_mailbox(
    mailbox: Mailbox,
    to: str,
    *,
    now: datetime,
    actor: Person | None,
    verb: str = "",
    said: str = "",
    address: str = "",
    **fields: Any,
) -> None:
    """Bring a mailbox to another state, set ``fields`` with it, and write the event; inside a transaction.

    The event is ``mailbox.<verb>``, or that of the state, with the reason ``said``; ``address`` is where somebody asked for
    it from. NotAllowed also where another fact of the mailbox than its state changed since it was read.
    """
    if to == "active" and mailbox.active_at is None:
        fields["active_at"] = now
    was, cause = mailbox.state, mailbox.cause
    _move(mailbox, MAILBOX, to, fields | {"changed_at": now}, changed_at=mailbox.changed_at)
    details = {"was": was, "state": to, "cause": mailbox.cause or cause, "reason": said}
    audit.record(
        f"mailbox.{verb or to}",
        person=mailbox.person,
        actor=actor,
        mailbox=mailbox.address,
        address=address,
        **{name: word for name, word in details.items() if word},
    )


def move_delegation(delegation: Delegation, to: str, *, now: datetime, actor: Person | None) -> None:
    """Bring a delegation to another state and write the event for both people; inside a transaction."""
    _move(delegation, DELEGATION, to, {"ended_at": now} if to == "ended" else {"answered_at": now})
    audit_delegation(to, delegation, actor=actor)


def audit_delegation(what: str, delegation: Delegation, *, actor: Person | None) -> None:
    """Write the event ``delegation.<what>`` for the owner and for the delegate: it concerns the mailboxes of both."""
    for mailbox in (delegation.mailbox, delegation.delegate):
        audit.record(
            f"delegation.{what}",
            person=mailbox.person,
            actor=actor,
            mailbox=mailbox.address,
            delegation=delegation.pk,
            owner=delegation.mailbox.address,
            delegate=delegation.delegate.address,
        )


def _move(
    row: Application | Delegation | Mailbox, table: dict[str, set[str]], to: str, fields: dict[str, Any], **unchanged: Any
) -> None:
    was = row.state
    if to not in table[was]:
        raise NotAllowed(f"{row} cannot go from {was} to {to}.")
    # The condition makes it safe against another process that moved it since it was read.
    if type(row)._default_manager.filter(pk=row.pk, state=was, **unchanged).update(state=to, **fields) != 1:
        raise NotAllowed(f"{row} is no longer {was}.")
    row.state = to
    for field, value in fields.items():
        setattr(row, field, value)
