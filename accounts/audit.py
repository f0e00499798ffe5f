"""The one way to write down what happened."""

from typing import Any

from accounts.models import AuditEvent, Person


def record(
    verb: str,
    *,
    person: Person | None,
    actor: Person | None = None,
    mailbox: str = "",
    address: str | None = None,
    **details: Any,
) -> None:
    """Add an event in the caller's transaction. ``verb`` is ``thing.done``; ``details`` is JSON and holds no secret."""
    AuditEvent.objects.create(verb=verb, person=person, actor=actor, mailbox=mailbox, address=address, details=details)
