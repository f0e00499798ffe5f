"""The queue of applications that wait for a reviewer: what the filters of an address show, a page at a time, oldest first.

No page counts the rows, and each begins where the one before it ended: so it takes as long whether ten wait or a million.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts import searching
from accounts.listing import is_row_number
from mailboxes.models import Mailbox, ReviewCase

PAGE = 50
# With more of them in the table, fewer rows of the queue have to be read until a page is full.
MOST_FOUND = 5000
HOUR = timedelta(hours=1)
DAYS_FROM = 48  # hours
SOON = 75  # percent of the promise
WAITING = ReviewCase.IN_QUEUE
FOR_US = (ReviewCase.State.HELD, ReviewCase.State.REVIEW)


# From one unit to the next by the index: as many steps as there are units, however many wait.
UNITS = """
WITH RECURSIVE units (unit) AS (
    SELECT (SELECT min(queued_unit) FROM mailboxes_application
        WHERE state IN ('held', 'review', 'asked') AND queued_unit > '')
    UNION ALL
    SELECT (SELECT min(queued_unit) FROM mailboxes_application
        WHERE state IN ('held', 'review', 'asked') AND queued_unit > unit)
    FROM units WHERE unit IS NOT NULL
)
SELECT unit FROM units WHERE unit IS NOT NULL
"""


@dataclass(frozen=True)
class Age:
    """How long an application has waited beside what is promised; ``share`` of the promise, at most 100."""

    share: int
    words: str
    level: str  # "good", "soon" for the last quarter, or "late"


def waiting(filters: dict[str, Any]) -> QuerySet[ReviewCase]:
    """Rows of the queue, oldest first, by ``QueueForm.cleaned_data``."""
    state = filters.get("state") or "ours"
    found = ReviewCase.objects.filter(state__in=FOR_US if state == "ours" else WAITING if state == "all" else [state])
    plain = {
        "service": filters.get("service"),
        "queued_condition": filters.get("condition"),
        "warnings__contains": filters.get("warning"),
        "queued_unit": filters.get("unit"),
    }
    found = found.filter(**{lookup: value for lookup, value in plain.items() if value})
    if words := filters.get("q"):
        found = found.filter(_with(words))
    return found.select_related("person", "service", "mailbox").order_by("queued_at", "pk")


def units() -> list[str]:
    """Those of everybody who waits, each once, in their order."""
    with connection.cursor() as cursor:
        cursor.execute(UNITS)
        return [unit for (unit,) in cursor.fetchall()]


def page(rows: QuerySet[ReviewCase], after: str) -> tuple[list[ReviewCase], str]:
    """The rows that follow the place ``after``, and the place at their end, or empty where none follow."""
    if place := _place(after):
        queued_at, pk = place
        rows = rows.filter(Q(queued_at__gt=queued_at) | Q(queued_at=queued_at, pk__gt=pk), queued_at__gte=queued_at)
    shown = list(rows[: PAGE + 1])
    if len(shown) <= PAGE:
        return shown, ""
    last = shown[PAGE - 1]
    return shown[:PAGE], f"{last.queued_at:%Y-%m-%dT%H:%M:%S.%f%z}~{last.pk}"


def age(application: ReviewCase, *, now: datetime) -> Age:
    """Of one that waits."""
    waited = now - (application.queued_at or now)
    promise = timedelta(hours=application.service.reviewed_hours)
    left = promise - waited
    if left < timedelta():
        hours = int(-left / HOUR)
        late = _("%(count)s h late") if hours < DAYS_FROM else _("%(count)s days late")
        return Age(100, late % {"count": hours if hours < DAYS_FROM else hours // 24}, "late")
    share, hours = int(100 * waited / promise), int(left / HOUR)
    more = _("%(count)s h left") if hours < DAYS_FROM else _("%(count)s days left")
    return Age(share, more % {"count": hours if hours < DAYS_FROM else hours // 24}, "soon" if share >= SOON else "good")


def _with(words: str) -> Q:
    """Those with an application number, a person or an address like it."""
    local_part, _at, domain = words.strip().lower().partition("@")
    boxes = Mailbox.objects.filter(local_part__startswith=local_part)
    if domain:
        boxes = boxes.filter(domain__startswith=domain)
    found = list(boxes.values_list("pk", flat=True)[:MOST_FOUND])
    people = searching.people(words, most=MOST_FOUND)
    # Of a common name only some came back, and perhaps none of those who wait: then the queue itself is read in its order.
    ours = Q(person__in=people) if len(people) < MOST_FOUND else searching.condition(words, of="person__")
    beginning = Q(mailbox__local_part__startswith=local_part, mailbox__domain__startswith=domain)
    theirs = Q(mailbox__in=found) if len(found) < MOST_FOUND else beginning
    return Q(reference=words.strip().upper()) | ours | theirs


def _place(after: str) -> tuple[datetime, int] | None:
    moment, _sign, pk = after.partition("~")
    try:
        queued_at = parse_datetime(moment)
        # In UTC, as the database has it: at the ends of the calendar some offsets lead out of it.
        queued_at = queued_at.astimezone(UTC) if queued_at and queued_at.tzinfo else None
    except (ValueError, OverflowError):
        return None
    return (queued_at, int(pk)) if queued_at and is_row_number(pk) else None
