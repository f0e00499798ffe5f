"""The numbers of the pictures beside what is counted by hand, on both databases."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import count as numbers

import pytest
import time_machine

from accounts.models import AuditEvent, Person
from mailboxes import states
from mailboxes.models import Application, Job, Mailbox, MailService, Tally
from mailboxes.reviewing.figures.counting import Counts, Times, count
from mailboxes.reviewing.figures.span import Span
from tests.conftest import SUSPENDED, MakePerson

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)  # noon in Taipei
TODAY = date(2026, 11, 22)
SECOND = timedelta(seconds=1)
Apply = Callable[..., Application]


@pytest.fixture
def apply(services: dict[str, MailService], make_person: MakePerson) -> Apply:
    """An application of a person of its own, done ``took`` after it was received."""
    number = numbers(1)

    def applied(received: datetime, took: timedelta | None = None, slug: str = "mx", **fields: object) -> Application:
        place = next(number)
        who = {"person": make_person(f"n{place}"), "service": services[slug]}
        box = Mailbox.objects.create(
            **who, local_part=f"n{place}", domain="x.example", stem=f"n{place}", stem_number=1, state="pending"
        )
        done = {} if took is None else {"state": "done", "finished_at": received + took}
        usual = {"mailbox": box, "state": "pending", "submitted_at": received}
        return Application.objects.create(**who, **usual | done | fields)

    return applied


def counted(first: date = TODAY - timedelta(days=6), last: date = TODAY) -> Counts:
    return count(Span(first, last, TODAY), now=NOW)


def test_a_service_without_anything_has_nothing(services: dict[str, MailService]) -> None:
    found = counted()
    assert found.received == found.opened == found.reviewed == found.waiting == found.failed == found.boxes == {}


def test_a_day_ends_at_midnight_in_taipei(apply: Apply, services: dict[str, MailService]) -> None:
    midnight = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)
    for moment in (midnight - SECOND, midnight, midnight + SECOND):
        apply(moment)
    mx = services["mx"].pk
    assert counted(date(2026, 11, 21)).received == {(0, mx): 1, (1, mx): 2}
    assert counted(TODAY).received == {(0, mx): 2}
    assert counted(date(2026, 11, 21), date(2026, 11, 21)).received == {(0, mx): 1}


def test_each_service_is_counted_by_itself_over_ten_years(apply: Apply, services: dict[str, MailService]) -> None:
    apply(datetime(2016, 11, 30, 15, 59, 59, tzinfo=UTC))
    apply(datetime(2016, 11, 30, 16, 0, tzinfo=UTC), slug="gapp")
    apply(NOW, slug="gapp")
    found = counted(date(2016, 11, 22)).received
    assert found == {(0, services["mx"].pk): 1, (1, services["gapp"].pk): 1, (120, services["gapp"].pk): 1}


def test_median_and_95_in_100_by_nearest_rank(apply: Apply, services: dict[str, MailService]) -> None:
    for seconds in (1, 2, 3, 4, 5, 6, 7, 8, 9, 300):
        apply(NOW - timedelta(hours=2), seconds * SECOND)
    found = counted()
    assert found.opened == {services["mx"].pk: Times(10, 5, 300, 10)}
    assert found.opened_by_step == {6: Times(10, 5, 300)}


def test_the_promise_is_kept_to_the_second_and_broken_by_less(apply: Apply, services: dict[str, MailService]) -> None:
    apply(NOW - timedelta(hours=2), timedelta(minutes=5))
    apply(NOW - timedelta(hours=2), timedelta(minutes=5, microseconds=1))
    assert counted().opened == {services["mx"].pk: Times(2, 300, 301, 1)}


def test_beyond_an_hour_it_is_measured_to_the_minute(apply: Apply, services: dict[str, MailService]) -> None:
    apply(NOW - timedelta(days=1), timedelta(hours=1))
    apply(NOW - timedelta(days=1), timedelta(hours=1, seconds=1))
    assert counted().opened == {services["mx"].pk: Times(2, 3600, 3660, 0)}


def test_who_is_still_waiting_is_not_left_out_of_sight(apply: Apply, services: dict[str, MailService]) -> None:
    apply(NOW - timedelta(hours=2), SECOND)
    apply(NOW - timedelta(hours=1))
    apply(NOW - timedelta(hours=1), queued_at=NOW - timedelta(hours=1), decided_at=NOW)
    found = counted()
    assert found.opened == {services["mx"].pk: Times(1, 1, 1, 1)}
    assert found.not_open_yet == {services["mx"].pk: 1}


def test_a_clock_that_was_set_back_makes_no_time_below_nought(apply: Apply, services: dict[str, MailService]) -> None:
    apply(NOW - timedelta(hours=2), -5 * SECOND)
    assert counted().opened == {services["mx"].pk: Times(1, 0, 0, 1)}


def test_reviews_are_measured_apart_by_the_day_of_the_decision(apply: Apply, services: dict[str, MailService]) -> None:
    queued = NOW - timedelta(days=30)
    apply(queued, timedelta(days=29, seconds=9), queued_at=queued, decided_at=queued + timedelta(days=29))
    apply(NOW - timedelta(days=1), queued_at=NOW - timedelta(days=1), decided_at=NOW, state="rejected", finished_at=NOW)
    found = counted()
    day = 86_400
    assert found.opened == {}
    assert found.reviewed == {services["mx"].pk: Times(2, day, 29 * day, 1)}
    assert found.rejected == {services["mx"].pk: 1}


def test_what_waits_now_is_counted_whatever_the_range(apply: Apply) -> None:
    for age in (timedelta(), timedelta(minutes=6), timedelta(hours=25), timedelta(days=400)):
        apply(NOW - age)
    long = {"queued_at": NOW - timedelta(days=4), "state": "review", "password_hash": "x"}
    apply(NOW, **long)
    apply(NOW, state="cancelled", finished_at=NOW)
    assert counted(TODAY).waiting == {
        ("pending", 5): 1, ("pending", 4): 1, ("pending", 2): 1, ("pending", 0): 1, ("review", 1): 1,
    }  # fmt: skip


def refuse(verb: str, code: str, when: datetime) -> None:
    with time_machine.travel(when, tick=False):
        AuditEvent.objects.create(verb=verb, person=None, details={"code": code})


def test_failures_by_cause(apply: Apply, services: dict[str, MailService]) -> None:
    mx = services["mx"]
    for day, number in ((TODAY, 2), (TODAY - timedelta(days=6), 3), (TODAY - timedelta(days=7), 100)):
        Tally.objects.create(day=day, service=mx, what="failure", value="store-unavailable", count=number)
    box = apply(NOW).mailbox
    assert box is not None
    for error in ("store-mismatch: It has another quota.", "store-mismatch: no", "fault", ""):
        Job.objects.create(mailbox=box, address=box.address, kind="suspend", due_at=NOW, last_error=error)
    for verb, code in (("handoff.refused", "expired"), ("handoff.refused", "expired"), ("county.refused", "lost")):
        refuse(verb, code, NOW)
    refuse("handoff.refused", "replayed", NOW - timedelta(days=7))
    found = counted()
    assert found.failed == {"store-unavailable": 5}
    assert found.stuck == {"store-mismatch": 2, "fault": 1}
    assert found.refused == {("handoff.refused", "expired"): 2, ("county.refused", "lost"): 1}


def test_strength_and_mailboxes(apply: Apply, services: dict[str, MailService]) -> None:
    mx, gapp = services["mx"], services["gapp"]
    for service, score, number in ((mx, "3", 4), (mx, "4", 1), (gapp, "4", 7)):
        Tally.objects.create(day=TODAY, service=service, what="strength", value=score, count=number)
    apply(NOW)
    apply(NOW, slug="gapp")
    Mailbox.objects.filter(service=gapp).update(**SUSPENDED)
    found = counted(TODAY)
    assert found.strength == {(mx.pk, "3"): 4, (mx.pk, "4"): 1, (gapp.pk, "4"): 7}
    assert found.boxes == {(mx.pk, "pending"): 1, (gapp.pk, "suspended"): 1}


def test_only_what_leaves_the_queue_was_decided_about(apply: Apply, services: dict[str, MailService], wang: Person) -> None:
    received = NOW - timedelta(hours=1)
    for state in ("pending", "rejected"):
        case = apply(received, state="review", password_hash="x", queued_at=received)
        states.move_application(case, state, now=NOW, actor=None)
    draft = Application.objects.create(person=wang, service=services["mx"])
    box = apply(received).mailbox
    states.move_application(draft, "pending", now=NOW, actor=wang, mailbox=box, submitted_at=received)
    assert sorted(Application.objects.exclude(decided_at=None).values_list("state", "decided_at")) == [
        ("pending", NOW), ("rejected", NOW),
    ]  # fmt: skip
    assert counted().reviewed == {services["mx"].pk: Times(2, 3600, 3600, 2)}
