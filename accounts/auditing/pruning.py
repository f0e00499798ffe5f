"""The one way in which events go: those of a verb, after the time that ``Retention`` gives them, said before it is done.

The links stay. The event ``audit.pruned`` says which verb and up to which moment; by it the triggers let the rows go, and
the check of the chain tells what has gone so from what was taken.
"""

import logging
from datetime import datetime, timedelta

from django.db import DatabaseError, connection, transaction
from django.db.models import Exists, OuterRef

from accounts import audit
from accounts.auditing import chain
from accounts.models import AuditEvent, AuditLink, Retention

log = logging.getLogger(__name__)
AT_ONCE = 1000
PRUNED = "audit.pruned"


def prune(now: datetime) -> dict[str, int]:
    """Delete what has had its time, some at once so that nobody waits; how many of each verb.

    What the database refuses stands in the log, and keeps no other verb's events longer.
    """
    done = {}
    for verb, days in Retention.objects.values_list("verb", "days"):
        try:
            if count := _prune(verb, now - timedelta(days=days)):
                done[verb] = count
        except DatabaseError:
            log.exception("events %s could not be deleted", verb)
    return done


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
    """Of sealed events in order of number, so far as they are old enough. Without a seal the triggers let none go."""
    is_sealed = Exists(AuditLink.objects.filter(event=OuterRef("pk")))
    rows = AuditEvent.objects.filter(is_sealed, verb=verb).order_by("pk").values_list("pk", "happened_at")[:AT_ONCE]
    return [pk for pk, happened_at in rows if happened_at < before]


def _delete(numbers: list[int]) -> None:
    """Past the model, which deletes nothing; the triggers look at each row."""
    marks = ", ".join(["%s"] * len(numbers))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {AuditEvent._meta.db_table} WHERE id IN ({marks})", numbers)  # noqa: S608
