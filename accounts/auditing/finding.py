"""The events that an auditor asks for, the newest first, a page at a time.

No page counts the events, and each begins where the one before it ended: it takes as long with ten million as with ten.
"""

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts import searching
from accounts.addresses import normal
from accounts.listing import is_row_number
from accounts.models import AuditEvent

PAGE = 50
MOST_FOUND = 200  # people with a name like it
# Events have their numbers in the order of time, but for clocks that differ and transactions that take long.
ASTRAY = timedelta(hours=1)
EARLIEST, LATEST = date(2000, 1, 1), date(9000, 1, 1)  # beyond any event, and no calendar ends near them
REFERENCE = re.compile(r"[A-Z]-[0-9A-Z]{4,}")
KINDS = """
WITH RECURSIVE kinds (kind) AS (
    SELECT min(kind) FROM accounts_auditevent
    UNION ALL SELECT (SELECT min(kind) FROM accounts_auditevent WHERE kind > kinds.kind) FROM kinds WHERE kind IS NOT NULL
) SELECT kind FROM kinds WHERE kind IS NOT NULL
"""


def kinds() -> list[str]:
    """Those that occur, found by leaps through the index."""
    with connection.cursor() as cursor:
        cursor.execute(KINDS)
        return [kind for (kind,) in cursor.fetchall()]


def events(filters: dict[str, Any]) -> QuerySet[AuditEvent]:
    """By ``EventForm.cleaned_data``; what it does not hold is not asked for."""
    found = AuditEvent.objects.select_related("person", "actor").order_by("-pk")
    if kind := filters.get("kind"):
        found = found.filter(kind=kind)
    if words := filters.get("q", "").strip():
        found = found.filter(_concerned(words))
    if words := filters.get("by", "").strip():
        found = found.filter(actor__in=searching.people(words, most=MOST_FOUND))
    if address := filters.get("address"):
        found = found.filter(address=str(normal(address) or address))
    return _from_first(_until_last(found, filters.get("last")), filters.get("first"))


def page(found: QuerySet[AuditEvent], before: str) -> tuple[list[AuditEvent], str]:
    """The events that are older than the number ``before``, and the number at their end, or empty where none follow."""
    if is_row_number(before):
        found = found.filter(pk__lt=int(before))
    shown = list(found[: PAGE + 1])
    return shown[:PAGE], str(shown[PAGE - 1].pk) if len(shown) > PAGE else ""


def _concerned(words: str) -> Q:
    if "@" in words:
        return Q(mailbox=words.lower())
    if REFERENCE.fullmatch(words.upper()):
        return Q(details__has_key="reference", details__reference=words.upper())
    return Q(person__in=searching.people(words, most=MOST_FOUND))


# The numbers only bound what is read: without them, a list in order of numbers would read all that is newer than some days.


def _from_first(found: QuerySet[AuditEvent], day: date | None) -> QuerySet[AuditEvent]:
    if day is None:
        return found
    start = _midnight(max(day, EARLIEST))
    earlier = AuditEvent.objects.filter(happened_at__lt=start - ASTRAY).order_by("-happened_at")
    number = earlier.values_list("pk", flat=True).first() or 0
    return found.filter(happened_at__gte=start, pk__gt=number)


def _until_last(found: QuerySet[AuditEvent], day: date | None) -> QuerySet[AuditEvent]:
    if day is None:
        return found
    end = _midnight(min(max(day, EARLIEST), LATEST) + timedelta(days=1))
    later = AuditEvent.objects.filter(happened_at__gte=end + ASTRAY).order_by("happened_at")
    number = later.values_list("pk", flat=True).first()
    found = found.filter(happened_at__lt=end)
    return found if number is None else found.filter(pk__lt=number)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
