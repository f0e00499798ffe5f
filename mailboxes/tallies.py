"""Counting what happens, apart from whom it happens to."""

from datetime import date, datetime

from django.db import connection, transaction
from django.utils import timezone

from mailboxes.models import Tally

# One statement: two that count at once both count, and the row is locked for no longer than it takes.
ADD = (
    "INSERT INTO mailboxes_tally (day, service_id, what, value, count) VALUES (%s, %s, %s, %s, 1)"
    " ON CONFLICT (day, service_id, what, value) DO UPDATE SET count = mailboxes_tally.count + 1"
)


def add(service_id: int, what: Tally.What, value: str, *, now: datetime) -> None:
    """One more on the day that it is here, once the caller's transaction is committed; if that fails, it is logged only."""
    values: list[date | int | str] = [timezone.localdate(now), service_id, what, value]
    transaction.on_commit(lambda: _execute(values), robust=True)


def _execute(values: list[date | int | str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(ADD, values)
