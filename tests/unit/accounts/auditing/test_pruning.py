"""Events go after their time and not before, in no other way, and the chain still tells them from stolen ones."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from accounts.auditing import pruning, tasks
from accounts.models import AuditEvent, AuditLink, Retention
from tests.unit.accounts.auditing.by_hand import execute, guard
from tests.unit.accounts.auditing.conftest import NOW, Happened, faults, seal, verify

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]
LOOK, DECISION = "list.exported", "application.pending"


@pytest.fixture(autouse=True)
def guarded(db: None) -> None:
    if connection.vendor == "sqlite":
        guard()
    Retention.objects.update_or_create(verb=LOOK, defaults={"days": 30})


@pytest.fixture
def looks(happened: Happened) -> list[AuditEvent]:
    """Sealed: three that have had their time, between decisions of the same age, and one that has not."""
    old = []
    for number in range(3):
        old.append(happened(LOOK, days=40 - number))
        happened(DECISION, days=40 - number)
    happened(LOOK, days=29)
    assert seal() == 7
    return old


def prune(days: float = 0) -> dict[str, int]:
    with time_machine.travel(NOW + timedelta(days=days), tick=False):
        return pruning.prune(NOW + timedelta(days=days))


def test_what_has_had_its_time_goes_and_the_rest_stays(looks: list[AuditEvent], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    assert prune() == {LOOK: 3}
    assert not AuditEvent.objects.filter(pk__in=[look.pk for look in looks]).exists()
    assert AuditEvent.objects.filter(verb=DECISION).count() == 3
    assert AuditLink.objects.count() == 7
    said = AuditEvent.objects.get(verb="audit.pruned")
    assert (said.person, said.actor, said.details["events"]) == (None, None, LOOK)
    assert said.details["before"] == "2026-10-23T07:00:00.000000Z"
    assert "3 events list.exported from before 2026-10-23 are deleted" in caplog.text
    assert verify()[1][0].startswith("7 links: 4 events as they were sealed, 3 deleted after their time. 1 newer")
    assert prune() == {}  # and nothing is said of nothing
    assert AuditEvent.objects.filter(verb="audit.pruned").count() == 1


def test_many_go_in_parts(looks: list[AuditEvent], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.auditing.pruning.AT_ONCE", 2)
    assert prune() == {LOOK: 3}
    assert AuditEvent.objects.filter(verb="audit.pruned").count() == 1


def test_what_is_not_sealed_waits(happened: Happened) -> None:
    happened(LOOK, days=40)
    assert prune() == {}
    seal()
    assert prune() == {LOOK: 1}


def test_no_rule_no_deletion(looks: list[AuditEvent]) -> None:
    Retention.objects.all().delete()
    assert prune() == {}
    assert AuditEvent.objects.count() == 7


def test_beside_a_pruning_the_database_lets_no_other_event_go(looks: list[AuditEvent], happened: Happened) -> None:
    prune()
    happened(LOOK, days=50)  # not sealed
    for event in AuditEvent.objects.all():
        with pytest.raises(IntegrityError, match="before its time"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM accounts_auditevent WHERE id = %s", [event.pk])


def test_what_was_stolen_is_told_from_what_was_pruned(looks: list[AuditEvent]) -> None:
    stolen = AuditEvent.objects.filter(verb=DECISION).latest("pk")
    young = AuditEvent.objects.filter(verb=LOOK).latest("pk")
    prune()
    execute("DELETE FROM accounts_auditevent WHERE id IN (%s, %s)", stolen.pk, young.pk)
    assert [fault.split(" (")[0] for fault in faults()] == [
        f"event-missing: Event {stolen.pk}", f"event-missing: Event {young.pk}",
    ]  # fmt: skip


def test_a_pruning_that_is_taken_away_explains_nothing_any_more(looks: list[AuditEvent]) -> None:
    prune()
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        assert tasks.seal() is None
    execute("DELETE FROM accounts_auditevent WHERE verb = 'audit.pruned'")
    assert len(faults()) == 4


def test_a_pruning_that_begins_during_a_check_is_no_fault(looks: list[AuditEvent], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.auditing.verifying.AT_ONCE", 1)
    from accounts.auditing import chain, verifying

    check = verifying.Check(end=chain.Anchor(0, chain.START), anchors={})
    execute("UPDATE accounts_auditevent SET mailbox = 'x' WHERE id = %s", looks[0].pk)
    found = verifying.verify(check)
    assert next(found).code == "event-changed"
    prune()
    assert list(found) == []
    assert (check.sound, check.pruned) == (4, 2)


def test_the_nightly_line_of_the_log_is_an_anchor(looks: list[AuditEvent], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    said = StringIO()
    call_command("audit", "anchor", stdout=said)
    with time_machine.travel(NOW, tick=False):
        tasks.nightly()
    assert f"the chain of events ends at {said.getvalue().strip()}" in caplog.text
