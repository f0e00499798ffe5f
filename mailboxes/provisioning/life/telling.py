"""Letters about what became of a mailbox: to it, while letters still come to it, and to the confirmed contact addresses."""

from datetime import datetime
from typing import Any

from accounts import contacts, letters
from mailboxes.models import Mailbox


def tell(kind: str, mailbox: Mailbox, *, now: datetime, **context: Any) -> None:
    """Post the letter in the caller's transaction, with the state, its cause and reason, and the times to come."""
    told: dict[str, Any] = {
        "mailbox": mailbox.address,
        "service": mailbox.service.slug,
        "when": now,
        "state": mailbox.state,
        "cause": mailbox.cause,
        "reason": mailbox.reason,
        "leaves_at": mailbox.leaves_at,
        "closes_at": mailbox.closes_at,
        "owner_asked": mailbox.close_asked_at is not None,
    }
    at_home = [] if mailbox.state == Mailbox.State.CLOSED else [mailbox.address]
    for to in (*at_home, *contacts.confirmed(mailbox.person)):
        letters.post(kind, to=to, person=mailbox.person, **told | context)
