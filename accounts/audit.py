"""The one way to write down what happened."""

from typing import Any

from accounts.models import AuditEvent, Person


def record(
    verb: str,
    *,
    person: Person | None,
    actor: Person | None = None,
    mailbox: str = "",
    address: str | None = "",
    **details: Any,
) -> None:
    """Add an event in the caller's transaction. ``verb`` is ``thing.done``; ``details`` is JSON and holds no secret.

    ``address`` is as ``visitor_address`` gives it: empty where none is known.
    """
    known = {"mailbox": mailbox, "address": address or None}
    AuditEvent.objects.create(verb=verb, person=person, actor=actor, details=details, **known)
