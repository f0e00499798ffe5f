"""Many write events while others seal them: no event is left out, none is sealed twice, none is taken for put in behind."""

import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from io import StringIO
from threading import Event, Thread

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from accounts import audit
from accounts.auditing import sealing
from accounts.models import AuditEvent, AuditLink, Person

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS, EACH, SEALERS = 8, 40, 3


class Undone(Exception):
    pass


def write(person: Person, number: int) -> None:
    chance = random.Random(number)  # noqa: S311
    for turn in range(EACH):
        with suppress(Undone), transaction.atomic():
            audit.record("test.written", person=person, writer=number, turn=turn)
            time.sleep(chance.random() / 50)
            if chance.random() < 0.2:
                raise Undone
    connection.close()


def seal(ended: Event) -> None:
    while not ended.is_set():
        sealing.seal_some(timezone.now())
        time.sleep(0.005)
    connection.close()


def verify() -> str:
    said = StringIO()
    call_command("audit", "verify", stdout=said)
    return said.getvalue()


def test_every_event_is_sealed_once_and_in_order(wang: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "MARGIN", timedelta(milliseconds=200))
    ended = Event()
    with ThreadPoolExecutor(WRITERS + SEALERS) as pool:
        sealers = [pool.submit(seal, ended) for _ in range(SEALERS)]
        writers = [pool.submit(write, wang, number) for number in range(WRITERS)]
        for writer in writers:
            writer.result()
        ended.set()
        for sealer in sealers:
            sealer.result()
    sealed_meanwhile = AuditLink.objects.count()
    sealing.seal_all(timezone.now() + timedelta(seconds=1), until=timezone.now() + timedelta(minutes=1))
    numbers = list(AuditEvent.objects.order_by("pk").values_list("pk", flat=True))
    assert 0 < sealed_meanwhile <= len(numbers) < WRITERS * EACH  # some were undone
    assert list(AuditLink.objects.values_list("event", flat=True)) == numbers
    assert verify().startswith(f"{len(numbers)} links: {len(numbers)} events as they were sealed, 0 deleted")


@contextmanager
def writing(person: Person) -> Iterator[None]:
    """Somebody else's transaction, which has written an event and has not ended."""
    written, may_end = Event(), Event()

    def hold() -> None:
        with transaction.atomic():
            audit.record("test.early", person=person)
            written.set()
            assert may_end.wait(60)
        connection.close()

    thread = Thread(target=hold)
    thread.start()
    assert written.wait(60)
    try:
        yield
    finally:
        may_end.set()
        thread.join()


def test_nothing_is_sealed_past_a_transaction_that_has_not_ended(wang: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL: python -m tests.on_postgres")
    monkeypatch.setattr(sealing, "MARGIN", timedelta())
    with writing(wang):
        audit.record("test.late", person=wang)
        assert sealing.seal_some(timezone.now() + timedelta(hours=1)) == 0
    assert sealing.seal_some(timezone.now() + timedelta(hours=1)) == 2
    assert list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True)) == ["test.early", "test.late"]
    assert verify().startswith("2 links: 2 events")


def test_a_second_sealer_goes_away_at_once(wang: Person) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL: python -m tests.on_postgres")
    audit.record("test.written", person=wang)
    later = timezone.now() + timedelta(hours=1)
    with transaction.atomic():
        assert sealing.seal_some(later) == 1
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(_seal_once, later).result(60) == 0
    assert AuditLink.objects.count() == 1


def _seal_once(now: object) -> int:
    try:
        return sealing.seal_some(now)  # type: ignore[arg-type]
    finally:
        connection.close()
