"""Many at one moment: the pictures are counted once, and every tally counts."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier

import pytest
from django.core.cache import cache
from django.db import connection

from mailboxes import tallies
from mailboxes.models import MailService, Tally
from mailboxes.reviewing.figures import kept
from mailboxes.reviewing.figures.counting import Counts
from mailboxes.reviewing.figures.span import Span

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)
MANY = 8

pytestmark = pytest.mark.django_db(transaction=True)


def test_who_come_together_are_answered_by_one_count(services: dict[str, MailService]) -> None:
    cache.clear()
    together = Barrier(MANY)

    def ask(_number: int) -> Counts:
        try:
            together.wait(timeout=60)
            return kept.counts(Span(date(2026, 10, 24), TODAY, TODAY), now=datetime.now(UTC))
        finally:
            connection.close()

    with ThreadPoolExecutor(MANY) as threads:
        found = list(threads.map(ask, range(MANY)))
    assert len({counts.at for counts in found}) == 1


def test_no_tally_is_lost(services: dict[str, MailService]) -> None:
    together = Barrier(MANY)

    def count(_number: int) -> None:
        try:
            together.wait(timeout=60)
            for _again in range(5):
                tallies.add(services["mx"].pk, Tally.What.STRENGTH, "4", now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(MANY) as threads:
        list(threads.map(count, range(MANY)))
    assert [tally.count for tally in Tally.objects.all()] == [5 * MANY]
