"""Events go after their time and not before, in no other way, and the chain still tells them from stolen ones."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import override

from accounts.auditing import chain, pruning, tasks
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


def ago(days: float) -> float:
    """So many days by the database's clock, as ``happened`` takes them."""
    return days - (timezone.now() - NOW) / timedelta(days=1)


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


@pytest.mark.parametrize(
    ("events", "before"),
    [
        (DECISION, "2027-11-22T07:00:00.000000Z"),  # still to come
        (DECISION, "2026-11-22T06:00:00.000000Z"),  # an hour ago
        (DECISION, "2026-13-22T06:00:00Z"),
        (DECISION, "2026-10-22T06:00:00"),
        ("audit.exported", "2026-10-22T07:00:00.000000Z"),
    ],
)
def test_a_pruning_that_somebody_invents_explains_nothing(
    events: str, before: str, looks: list[AuditEvent], happened: Happened
) -> None:
    invented = happened("audit.pruned", days=0.01, events=events, before=before)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_auditevent WHERE verb = %s", [DECISION])
    execute("DELETE FROM accounts_auditevent WHERE verb = %s", DECISION)
    seal()
    with time_machine.travel(NOW, tick=False):
        said = [fault.split(" (")[0] for fault in faults()]
    assert said[:3] == [f"event-missing: Event {look.pk + 1}" for look in looks]
    assert said[3].startswith(f"pruning-wrong: Event {invented.pk} ")


def test_a_pruning_put_in_behind_the_chain_explains_nothing(looks: list[AuditEvent], happened: Happened) -> None:
    happened("audit.pruned", days=20, events=DECISION, before="2026-10-22T07:00:00.000000Z")
    execute("UPDATE accounts_auditevent SET id = -id WHERE verb = 'audit.pruned'")
    execute("DELETE FROM accounts_auditevent WHERE verb = %s", DECISION)
    assert [fault.split(":")[0] for fault in faults()] == ["event-behind", *["event-missing"] * 3, "pruning-wrong"]


def test_the_database_lets_no_event_go_that_is_younger_than_its_rule_says(happened: Happened) -> None:
    Retention.objects.create(verb=DECISION, days=100)
    happened(DECISION, days=ago(99))
    seal()
    happened("audit.pruned", days=0, events=DECISION, before=chain.moment(timezone.now() - timedelta(days=2)))
    for days, goes in ((100, False), (90, True)):
        Retention.objects.filter(verb=DECISION).update(days=days)
        with transaction.atomic(), connection.cursor() as cursor:
            try:
                cursor.execute("DELETE FROM accounts_auditevent WHERE verb = %s", [DECISION])
            except IntegrityError:
                assert not goes
                transaction.set_rollback(True)
    assert not AuditEvent.objects.filter(verb=DECISION).exists()


@pytest.mark.parametrize("days", [0, 1, 29, 36501, 800_000])
def test_no_time_is_too_short_for_a_look_or_too_long_for_a_calendar(days: int) -> None:
    with override("en"), pytest.raises(ValidationError, match="30 days at least"):
        Retention(verb=DECISION, days=days).full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        Retention.objects.create(verb=DECISION, days=days)


def test_one_without_a_seal_keeps_no_other(looks: list[AuditEvent], happened: Happened) -> None:
    behind = happened(LOOK, days=50)
    execute("UPDATE accounts_auditevent SET id = -id WHERE id = %s", behind.pk)
    assert prune() == {LOOK: 3}
    assert AuditEvent.objects.filter(verb=LOOK).count() == 2


def test_what_the_database_refuses_keeps_no_other_verb(happened: Happened, caplog: pytest.LogCaptureFixture) -> None:
    happened("application.held", days=ago(20))
    happened("application.review", days=ago(80))
    seal()
    Retention.objects.bulk_create(Retention(verb=f"application.{name}", days=30) for name in ("held", "review"))
    # The worker's clock is wrong by two months, the database's is right.
    assert pruning.prune(timezone.now() + timedelta(days=60)) == {"application.review": 1}
    assert "events application.held could not be deleted" in caplog.text
    assert AuditEvent.objects.filter(verb="application.held").exists()


def test_a_pruning_that_begins_during_a_check_is_no_fault(looks: list[AuditEvent], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.auditing.verifying.AT_ONCE", 1)
    from accounts.auditing import verifying

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
