"""登入資訊: who has lately signed in to a mailbox, or tried to."""

from typing import Any

from django.conf import settings
from django.utils import timezone

from mailboxes.logins import records
from mailboxes.models import Mailbox

SHOWN = 5  # of each kind


def show(mailbox: Mailbox) -> dict[str, Any]:
    if not records.are_told(mailbox.service):
        return {"told": False}
    since = records.kept_since(timezone.now())
    successes, failures = (
        records.of(mailbox, succeeded=succeeded).filter(happened_at__gte=since)[:SHOWN] for succeeded in (True, False)
    )
    return {"told": True, "successes": successes, "failures": failures, "days": settings.LOGIN_RECORD_DAYS}
