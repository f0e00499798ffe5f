"""What people and the worker do of a delegation, without pages or servers."""

from datetime import UTC, date, datetime, timedelta

from django.utils import timezone

from mailboxes.models import Delegation, Job, Mailbox
from mailboxes.owning import delegating
from mailboxes.provisioning import sharing

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)  # at Taipei
TODAY = date(2026, 11, 22)
DAY = timedelta(days=1)
GIVEN = {
    "folders": ["INBOX", "課程/一○三"],
    "rights": "read",
    "reason": "I am abroad",
    "first_day": TODAY,
    "last_day": TODAY + 30 * DAY,
}


def offer(mine: Mailbox, address: str = "sflin@mx.nthu.edu.tw", now: datetime = NOON, **other: object) -> Delegation:
    return delegating.offer(mine, address=address, now=now, **(GIVEN | other))  # type: ignore[arg-type]


def accepted(mine: Mailbox, **other: object) -> Delegation:
    delegation = offer(mine, **other)  # type: ignore[arg-type]
    delegating.accept(delegation, now=NOON)
    return delegation


def waiting() -> list[str]:
    return [job.address for job in Job.objects.filter(kind="share", state="waiting").order_by("pk")]


def done() -> None:
    """As after a worker: the server has what holds now."""
    held = Delegation.objects.filter(sharing.in_force(timezone.now()))
    Delegation.objects.exclude(pk__in=held.values("pk")).update(given_at=None)
    Delegation.objects.filter(pk__in=list(held.values_list("pk", flat=True))).update(given_at=timezone.now())
    Job.objects.filter(kind="share").update(state="done")
