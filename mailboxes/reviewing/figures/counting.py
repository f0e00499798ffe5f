"""The numbers of the pictures, counted by the database in a few questions that give back groups and no rows."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.db.models import Case, Count, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce, Concat, Left, StrIndex

from accounts.models import REFUSED, AuditEvent
from mailboxes.models import Application, Job, Mailbox, MailService, Tally
from mailboxes.reviewing.figures.span import Span
from mailboxes.reviewing.figures.sql import Place, Took

# How long somebody has waited, the longest first: a year hence nobody is surprised by what waits longer than a week.
AGES = (timedelta(days=7), timedelta(days=3), timedelta(days=1), timedelta(hours=1), timedelta(minutes=5))
NOT_YET = -(2**31)  # in place of seconds
OPEN = ("held", "review", "asked", "pending")

Seconds = Counter[int]  # how often something took so many


@dataclass(frozen=True)
class Times:
    """Seconds, rounded up (beyond an hour, to minutes); None where there are none. ``kept`` took no longer than promised."""

    count: int
    median: int | None
    most: int | None  # of 95 in 100
    kept: int | None = None


@dataclass(frozen=True)
class Counts:
    """Services by ``pk``, steps by their place in the span, ages by their place after ``AGES``."""

    at: datetime
    received: dict[tuple[int, int], int]  # by step and service
    opened_by_step: dict[int, Times]
    opened: dict[int, Times]  # by service, without a review
    not_open_yet: dict[int, int]  # by service, without a review
    reviewed: dict[int, Times]  # by service
    waiting: dict[tuple[str, int], int]  # by state and age
    failed: dict[str, int]  # tries at the mail server, by code
    stuck: dict[str, int]  # jobs that wait now after a try that failed, by its code
    refused: dict[tuple[str, str], int]  # by verb and code
    rejected: dict[int, int]  # by service
    strength: dict[tuple[int, str], int]  # by service and score
    boxes: dict[tuple[int, str], int]  # by service and state


def count(span: Span, *, now: datetime) -> Counts:
    """All of them, as they are now."""
    services = {service.pk: service for service in MailService.objects.all()}
    received: Counter[tuple[int, int]] = Counter()
    not_open_yet: Counter[int] = Counter()
    by_step: dict[int, Seconds] = defaultdict(Counter)
    by_service: dict[int, Seconds] = defaultdict(Counter)
    for step, service, took, number in _applications(span):
        received[step, service] += number
        if took == NOT_YET:
            not_open_yet[service] += number
        elif took is not None:
            by_step[step][took] += number
            by_service[service][took] += number
    reviews: dict[int, Seconds] = defaultdict(Counter)
    for service, took, number in _reviews(span):
        if took is not None:
            reviews[service][took] += number
    tallies = Tally.objects.filter(day__gte=span.first, day__lte=span.last)
    return Counts(
        at=now,
        received=dict(received),
        opened_by_step={step: times(found) for step, found in by_step.items()},
        opened={pk: times(found, 60 * services[pk].promised_minutes) for pk, found in by_service.items()},
        not_open_yet=dict(not_open_yet),
        reviewed={pk: times(found, 3600 * services[pk].reviewed_hours) for pk, found in reviews.items()},
        waiting=_waiting(now),
        failed=_summed(tallies.filter(what=Tally.What.FAILURE), "value"),
        stuck=_stuck(),
        refused=_counted(_refused(span), "verb", "details__code"),
        rejected=_counted(_within(span, "finished_at").filter(state="rejected"), "service_id"),
        strength=_summed(tallies.filter(what=Tally.What.STRENGTH), "service_id", "value"),
        boxes=_counted(Mailbox.objects.all(), "service_id", "state"),
    )


def times(found: Seconds, promised: int | None = None) -> Times:
    """By nearest rank: the least value that so many in a hundred do not exceed."""
    kept = None if promised is None else sum(number for seconds, number in found.items() if seconds <= promised)
    return Times(found.total(), _rank(found, 50), _rank(found, 95), kept)


def _rank(found: Seconds, percent: int) -> int | None:
    rank, below = ceil(found.total() * percent / 100), 0
    for seconds in sorted(found):
        below += found[seconds]
        if below >= rank:
            return max(0, seconds)  # where a server's clock was set back
    return None


def _applications(span: Span) -> Iterable[tuple[int, int, int | None, int]]:
    """Step, service, seconds until its mailbox was open (None with a review, or if it never will be), and how many."""
    took = Case(
        When(queued_at=None, state="done", then=Took("finished_at", "submitted_at")),
        When(queued_at=None, state="pending", then=Value(NOT_YET)),
    )
    rows = _within(span, "submitted_at").annotate(step=Place("submitted_at", span.edges), took=took)
    return rows.values_list("step", "service_id", "took").annotate(number=Count("*"))


def _reviews(span: Span) -> Iterable[tuple[int, int | None, int]]:
    """Service, seconds until a reviewer had decided, and how many."""
    rows = _within(span, "decided_at").annotate(took=Took("decided_at", "queued_at"))
    return rows.values_list("service_id", "took").annotate(number=Count("*"))


def _waiting(now: datetime) -> dict[Any, int]:
    since = Coalesce("queued_at", "submitted_at")
    rows = Application.objects.filter(state__in=OPEN).annotate(age=Place(since, [now - age for age in AGES]))
    return _counted(rows, "state", "age")


def _stuck() -> dict[Any, int]:
    # What stands before the first colon; all of it where there is none.
    code = Left("last_error", StrIndex(Concat("last_error", Value(":")), Value(":")) - 1)
    return _counted(Job.objects.filter(state="waiting").exclude(last_error="").annotate(code=code), "code")


def _refused(span: Span) -> QuerySet[AuditEvent]:
    return AuditEvent.objects.filter(REFUSED, happened_at__gte=span.begins, happened_at__lt=span.ends)


def _within(span: Span, moment: str) -> QuerySet[Application]:
    within = {f"{moment}__gte": span.begins, f"{moment}__lt": span.ends}
    return Application.objects.order_by().filter(**within)


def _counted(rows: QuerySet[Any], *by: str) -> dict[Any, int]:
    return _table(rows.order_by().values_list(*by).annotate(number=Count("*")))


def _summed(rows: QuerySet[Any], *by: str) -> dict[Any, int]:
    return _table(rows.order_by().values_list(*by).annotate(number=Sum("count")))


def _table(rows: Iterable[tuple[Any, ...]]) -> dict[Any, int]:
    return {key[0] if len(key) == 1 else tuple(key): number for *key, number in rows}
