"""Sealing: some seconds after an event, a link of the chain is made for it, by one worker at a time.

The request that writes an event only inserts it, so that no two requests wait for each other.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from accounts.auditing import chain
from accounts.auditing.chain import Anchor
from accounts.models import AuditEvent, AuditLink

AT_ONCE = 1000
# How much older than a moment an event has to be to be taken for older: clocks of web servers differ.
MARGIN = timedelta(seconds=10)
LOCK = 7_316_014  # the number of the sealers' advisory lock, any one that nobody else takes

# An event gets its number when it is inserted, and is seen when its transaction ends. So of events in order of number, none
# is sealed that is younger than a transaction which has written something and has not ended: that may hold a lower number.
OLDEST_WRITER = """
SELECT min(xact_start) FROM pg_stat_activity
WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()
"""


def end() -> Anchor:
    """The last link's place, or the place before the first."""
    last = AuditLink.objects.order_by("-number").values_list("number", "chain").first()
    return Anchor(last[0], bytes(last[1])) if last else Anchor(0, chain.START)


def seal_all(now: datetime, *, until: datetime) -> int:
    """Seal what is old enough at ``now``, at ``until`` at the latest; how many events."""
    done = 0
    while timezone.now() < until and (more := seal_some(now)):
        done += more
        if more < AT_ONCE:
            break
    return done


@transaction.atomic
def seal_some(now: datetime) -> int:
    """The next ``AT_ONCE`` events at most; how many. None where another sealer is at work."""
    if not _alone():
        return 0
    settled = _settled(now)
    after = AuditLink.objects.order_by("-number").values_list("event", flat=True).first() or 0
    rows = AuditEvent.objects.filter(pk__gt=after).order_by("pk").values_list(*chain.COLUMNS)[:AT_ONCE]
    events = _until(settled, list(rows))
    AuditLink.objects.bulk_create(chain.links(events, end()))
    return len(events)


def _until(settled: datetime, events: Sequence[chain.Event]) -> Sequence[chain.Event]:
    """Those before the first that is too young: a link stands in the order of the numbers."""
    young = next((place for place, event in enumerate(events) if event[1] >= settled), len(events))
    return events[:young]


def _alone() -> bool:
    """Whether nobody else seals until this transaction ends. Of SQLite's transactions only one writes anyway."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _settled(now: datetime) -> datetime:
    """Events before this moment have no lower number to come."""
    if connection.vendor != "postgresql":
        return now - MARGIN
    with connection.cursor() as cursor:
        cursor.execute(OLDEST_WRITER)
        oldest = cursor.fetchone()[0]
    return min(oldest or now, now) - MARGIN
