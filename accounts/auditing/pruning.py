"""The one way in which events go: those of a verb, after the time that ``Retention`` gives them, said before it is done.

The links stay. The event ``audit.pruned`` says which verb and up to which moment; by it the triggers let the rows go, and
the check of the chain tells what has gone so from what was taken.
"""

import logging
from datetime import datetime, timedelta

from django.db import connection

from accounts import audit
from accounts.auditing import chain
from accounts.models import AuditEvent, AuditLink, Retention

log = logging.getLogger(__name__)
AT_ONCE = 1000
PRUNED = "audit.pruned"


def prune(now: datetime) -> dict[str, int]:
    """Delete what has had its time, some at once so that nobody waits; how many of each verb."""
    kept = Retention.objects.values_list("verb", "days")
    return {verb: count for verb, days in kept if (count := _prune(verb, now - timedelta(days=days)))}


def _prune(verb: str, before: datetime) -> int:
    if not _oldest(verb, before):
        return 0
    count = 0
    audit.record("audit.pruned", person=None, events=verb, before=chain.moment(before))
    while numbers := _oldest(verb, before):
        _delete(numbers)
        count += len(numbers)
    log.info("%s events %s from before %s are deleted, as the administration says", count, verb, before.date())
    return count


def _oldest(verb: str, before: datetime) -> list[int]:
    """Of events in order of number, so far as they are old enough and sealed."""
    last = AuditLink.objects.order_by("-number").values_list("event", flat=True).first() or 0
    rows = AuditEvent.objects.filter(verb=verb, pk__lte=last).order_by("pk").values_list("pk", "happened_at")[:AT_ONCE]
    return [pk for pk, happened_at in rows if happened_at < before]


def _delete(numbers: list[int]) -> None:
    """Past the model, which deletes nothing; the triggers look at each row."""
    marks = ", ".join(["%s"] * len(numbers))
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {AuditEvent._meta.db_table} WHERE id IN ({marks})", numbers)  # noqa: S608
