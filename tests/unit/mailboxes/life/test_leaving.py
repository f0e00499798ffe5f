"""Somebody leaves the campus: sixty days, with every letter, and the way back at each point."""

from datetime import datetime, timedelta

import pytest

from accounts.models import AuditEvent, Letter, Person
from mailboxes.models import Job, Mailbox, MailService
from mailboxes.provisioning import tasks
from mailboxes.provisioning.life import following, services
from tests.conftest import MakePerson
from tests.unit.mailboxes.life.conftest import HOME, NOW, MakeOpen, again, told

pytestmark = pytest.mark.thorough

ADDRESS = "hmwang@mx.nthu.edu.tw"
DAY = timedelta(days=1)


def condition(person: Person, word: str) -> None:
    Person.objects.filter(pk=person.pk).update(condition=word)


def round_at(now: datetime) -> None:
    """What beat asks for: the conditions of every service, then what is due."""
    for service in MailService.objects.all():
        after: int | None = 0
        while after is not None:
            after = following.follow_conditions(service, after=after, now=now)
    following.do_due(now)


def live(first: int, last: int) -> dict[int, list[str]]:
    """Two rounds a day from one day to another; on which day which letters went to the contact address."""
    found: dict[int, list[str]] = {}
    for half in range(first * 2, last * 2):
        round_at(NOW + half * DAY / 2)
        if letters := told():
            assert {to for _kind, to in letters} <= {ADDRESS, HOME}
            found.setdefault(half // 2, []).extend(kind for kind, to in letters if to == HOME)
    return found


def test_sixty_days_of_somebody_who_has_left(box: Mailbox, wang: Person) -> None:
    condition(wang, "離職")
    assert live(0, 30) == {0: ["mailbox-leaving"], 23: ["mailbox-leaving"], 29: ["mailbox-leaving"]}
    assert (again(box).state, again(box).is_in_use) == ("leaving", True)
    assert not Job.objects.exists()

    assert live(30, 31) == {30: ["mailbox-suspended"]}
    held = again(box)
    assert (held.state, held.cause, held.closes_at) == ("suspended", "leaving", NOW + 60 * DAY)
    assert list(Job.objects.values_list("kind", flat=True)) == ["suspend"]

    assert live(31, 60) == {53: ["mailbox-closing"], 59: ["mailbox-closing"]}
    assert live(60, 61) == {60: ["mailbox-closed"]}
    closed = again(box)
    assert (closed.state, closed.cause, closed.next_at) == ("closed", "leaving", None)
    assert list(Job.objects.order_by("pk").values_list("kind", flat=True)) == ["suspend", "close"]
    assert live(61, 100) == {}
    verbs = AuditEvent.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["mailbox.leaving", "mailbox.suspended", "mailbox.closed"]


def test_the_mailbox_itself_is_written_to_as_long_as_letters_come_to_it(box: Mailbox, wang: Person) -> None:
    condition(wang, "離職")
    for day in (0, 23, 29, 30, 53, 59, 60):
        round_at(NOW + day * DAY)
        round_at(NOW + day * DAY)
        addresses = [to for _kind, to in told()]
        assert addresses == ([HOME] if day == 60 else [ADDRESS, HOME])


@pytest.mark.parametrize(("day", "job"), [(1, None), (29, None), (31, "resume"), (59, "resume")])
def test_a_condition_that_is_good_again_takes_all_of_it_back(box: Mailbox, wang: Person, day: int, job: str | None) -> None:
    condition(wang, "離職")
    live(0, day)
    condition(wang, "一般")
    assert live(day, 120) == {day: ["mailbox-stays"]}
    found = again(box)
    assert (found.state, found.cause, found.leaves_at, found.closes_at, found.next_at) == ("active", "", None, None, None)
    last = Job.objects.order_by("pk").last()
    assert (last.kind if last else None) == job


def test_who_leaves_again_has_all_the_days_again(box: Mailbox, wang: Person) -> None:
    condition(wang, "離職")
    live(0, 20)
    condition(wang, "退休")
    live(20, 21)
    condition(wang, "離職")
    assert sorted(live(21, 60)) == [21, 44, 50, 51]


def test_a_closed_mailbox_does_not_come_back_by_a_condition(box: Mailbox, wang: Person) -> None:
    condition(wang, "離職")
    live(0, 61)
    condition(wang, "一般")
    assert live(61, 70) == {}
    assert again(box).state == "closed"


def test_one_open_to_appeal_may_stay(box: Mailbox, wang: Person) -> None:
    MailService.objects.filter(slug="mx").update(open_to_appeal={"staff": ["留停"]}, review="warning")
    condition(wang, "留停")
    assert live(0, 40) == {}
    assert again(box).state == "active"


def test_another_service_goes_by_its_own_days(box: Mailbox, wang: Person) -> None:
    MailService.objects.filter(slug="mx").update(grace_days=10, kept_days=3)
    condition(wang, "離職")
    assert live(0, 20) == {
        0: ["mailbox-leaving"], 3: ["mailbox-leaving"], 9: ["mailbox-leaving"], 10: ["mailbox-suspended"],
        12: ["mailbox-closing"], 13: ["mailbox-closed"],
    }  # fmt: skip


def test_a_suspension_by_the_office_is_not_touched_but_the_end_comes(
    box: Mailbox, wang: Person, administrator: Person
) -> None:
    services.suspend(again(box), cause="theft", reason="Log-ins from far away.", actor=administrator, now=NOW)
    told()
    condition(wang, "離職")
    assert live(0, 60) == {
        0: ["mailbox-leaving"], 23: ["mailbox-leaving"], 29: ["mailbox-leaving"],
        53: ["mailbox-closing"], 59: ["mailbox-closing"],
    }  # fmt: skip
    held = again(box)
    assert (held.state, held.cause, held.hold, held.held_at) == ("suspended", "theft", "theft", NOW)
    assert live(60, 61) == {60: ["mailbox-closed"]}


@pytest.mark.parametrize(("day", "state", "cause"), [(10, "leaving", "leaving"), (40, "suspended", "leaving")])
def test_a_lift_on_the_way_leads_to_where_it_would_be(
    box: Mailbox, wang: Person, administrator: Person, day: int, state: str, cause: str
) -> None:
    services.suspend(again(box), cause="rule", reason="Advertising.", actor=administrator, now=NOW)
    condition(wang, "離職")
    live(0, day)
    services.lift(again(box), actor=administrator, now=NOW + day * DAY)
    found = again(box)
    assert (found.state, found.cause, found.hold) == (state, cause, "")
    assert live(day + 1, 61)[60] == ["mailbox-closed"]


def test_what_an_administrator_lets_stay_stays_until_the_condition_changes_once_more(
    box: Mailbox, wang: Person, administrator: Person
) -> None:
    condition(wang, "離職")
    live(0, 40)
    services.keep(again(box), actor=administrator, now=NOW + 40 * DAY)
    assert (again(box).state, [kind for kind, _to in told()]) == ("active", ["mailbox-stays"] * 2)
    assert live(41, 80) == {}
    condition(wang, "留停")
    assert live(80, 81) == {80: ["mailbox-leaving"]}


def test_who_stayed_as_an_exception_and_came_back_is_none_when_they_leave_again(
    box: Mailbox, wang: Person, administrator: Person
) -> None:
    condition(wang, "離職")
    live(0, 1)
    services.keep(again(box), actor=administrator, now=NOW + DAY)
    condition(wang, "一般")
    live(2, 3)
    condition(wang, "離職")
    assert live(3, 4) == {3: ["mailbox-leaving"]}


def test_a_worker_that_stood_still_sends_the_last_letter_alone(box: Mailbox, wang: Person) -> None:
    condition(wang, "離職")
    live(0, 1)
    assert live(28, 29) == {28: ["mailbox-leaving"]}
    assert Mailbox.objects.get().warned_days == 7
    assert live(35, 36) == {35: ["mailbox-suspended"]}


def test_somebody_brought_by_a_file_who_leaves_before_they_ever_came(
    services: dict[str, MailService], make_person: MakePerson, make_open: MakeOpen
) -> None:
    never_came = make_person("z40004", language="", imported_at=NOW)
    box = make_open(never_came, "nevercame")
    make_person("z40005", language="", imported_at=NOW, condition="離職")  # without any mailbox
    condition(never_came, "離職")
    round_at(NOW)
    letter = Letter.objects.get()
    assert (letter.to, letter.kind) == (box.address, "mailbox-leaving")


def test_a_county_person_goes_by_the_tables_of_their_own_kind(
    services: dict[str, MailService], teacher: Person, make_open: MakeOpen
) -> None:
    box = make_open(teacher, "aa1234.kl", "edu")
    round_at(NOW)
    assert again(box).state == "active"
    Person.objects.filter(pk=teacher.pk).update(category="")
    round_at(NOW)
    assert again(box).state == "leaving"


def test_a_round_asks_once_a_service_however_many_stay(
    box: Mailbox, make_person: MakePerson, make_open: MakeOpen, django_assert_max_num_queries: object
) -> None:
    for number in range(20):
        make_open(make_person(f"z5{number:04}"), f"person{number}")
    service = MailService.objects.get(slug="mx")
    with django_assert_max_num_queries(3):  # type: ignore[operator]
        assert following.follow_conditions(service, after=0, now=NOW) is None


def test_many_who_leave_at_once_are_done_a_batch_at_a_time(
    services: dict[str, MailService], make_person: MakePerson, make_open: MakeOpen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "AT_ONCE", 3)
    for number in range(7):
        make_open(make_person(f"z5{number:04}", condition="離職"), f"person{number}")
    tasks.follow_conditions(services["mx"].pk, 0)
    rounds, after = 0, 0
    while after is not None:
        after = following.follow_conditions(services["mx"], after=after, now=NOW)
        rounds += 1
    assert set(Mailbox.objects.values_list("state", flat=True)) == {"leaving"}
