"""What administrators and owners decide, by whom, with which job and letters; and who comes second."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.letters import rendering
from accounts.models import AuditEvent, Letter, Person
from mailboxes import states
from mailboxes.applying import services as applying
from mailboxes.models import Delegation, Job, Mailbox
from mailboxes.provisioning import tasks
from mailboxes.provisioning.life import following, services
from mailboxes.provisioning.stores.maildir import MaildirStore
from tests.conftest import SUSPENDED, MakePerson
from tests.unit.mailboxes.life.conftest import HOME, NOW, MakeOpen, again, told

pytestmark = pytest.mark.thorough

ADDRESS = "hmwang@mx.nthu.edu.tw"
HASH = "{ARGON2ID}hash"
DAY = timedelta(days=1)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def suspend(box: Mailbox, administrator: Person) -> Callable[[str], None]:
    return lambda cause: services.suspend(again(box), cause=cause, reason="The reason.", actor=administrator, now=NOW)


def kinds() -> list[str]:
    return list(Job.objects.order_by("pk").values_list("kind", flat=True))


def test_suspending_is_a_job_an_event_and_letters(
    box: Mailbox, administrator: Person, suspend: Callable[[str], None]
) -> None:
    suspend("theft")
    found = again(box)
    assert (found.state, found.cause, found.reason, found.held_at) == ("suspended", "theft", "The reason.", NOW)
    event = AuditEvent.objects.get(verb="mailbox.suspended")
    assert event.actor == administrator
    assert event.details == {"was": "active", "state": "suspended", "cause": "theft", "reason": "The reason."}
    assert kinds() == ["suspend"]
    text = rendering.message(Letter.objects.select_related("person").first()).as_string()  # type: ignore[arg-type]
    for words in ("1 November 2026", "The reason.", "Set a new password on the portal"):
        assert words in text
    assert told() == [("mailbox-suspended", ADDRESS), ("mailbox-suspended", HOME)]


def test_the_second_administrator_comes_too_late(box: Mailbox, administrator: Person, make_person: MakePerson) -> None:
    read_by_both = [again(box), again(box)]
    services.suspend(read_by_both[0], cause="rule", reason="One.", actor=administrator, now=NOW)
    other = make_person("z30004")
    with pytest.raises(states.NotAllowed):
        services.close_now(read_by_both[1], reason="Two.", actor=other, now=LATER)
    with pytest.raises(states.NotAllowed):
        services.suspend(again(box), cause="theft", reason="Two.", actor=other, now=LATER)
    assert (again(box).reason, kinds()) == ("One.", ["suspend"])


def test_what_is_in_the_same_state_but_has_changed_is_too_late_too(
    box: Mailbox, wang: Person, administrator: Person
) -> None:
    services.switch_off(again(box), now=NOW, address="")
    read = again(box)
    services.suspend(again(box), cause="theft", reason="One.", actor=administrator, now=LATER)
    with pytest.raises(states.NotAllowed):
        services.switch_on(read, now=LATER, address="")
    assert again(box).cause == "theft"


def test_after_theft_the_lift_asks_for_a_new_password(
    box: Mailbox, administrator: Person, suspend: Callable[[str], None]
) -> None:
    suspend("theft")
    with pytest.raises(states.NotAllowed, match="no new password"):
        services.lift(again(box), actor=administrator, now=LATER)
    job = applying.change_password(again(box), password="copper-kettle-ninety-seals", address="192.0.2.1", now=LATER)
    with pytest.raises(states.NotAllowed):  # it is on its way, and not there
        services.lift(again(box), actor=administrator, now=LATER)
    Job.objects.filter(pk=job.pk).update(state="done", password_hash="", finished_at=LATER)
    services.lift(again(box), actor=administrator, now=LATER)
    found = again(box)
    assert (found.state, found.hold, found.reason, found.held_at) == ("active", "", "", None)
    assert kinds() == ["suspend", "password", "resume"]


def test_an_administrator_may_lift_all_the_same(box: Mailbox, administrator: Person, suspend: Callable[[str], None]) -> None:
    suspend("theft")
    told()
    services.lift(again(box), actor=administrator, now=LATER, anyway=True)
    assert told() == [("mailbox-lifted", ADDRESS), ("mailbox-lifted", HOME)]


@pytest.mark.parametrize("cause", ["theft", "rule"])
def test_the_owner_cannot_lift_what_the_office_holds_nor_escape_it(
    box: Mailbox, suspend: Callable[[str], None], cause: str
) -> None:
    suspend(cause)
    for deed in (services.switch_on, services.ask_to_close, services.switch_off, services.take_back_closing):
        with pytest.raises(states.NotAllowed):
            deed(again(box), now=LATER, address="")
    assert again(box).state == "suspended"


def test_nobody_decides_about_their_own(box: Mailbox, wang: Person) -> None:
    with pytest.raises(states.NotAllowed, match="own"):
        services.suspend(again(box), cause="rule", reason="x", actor=wang, now=NOW)


def test_an_owner_switches_off_and_on(box: Mailbox) -> None:
    services.switch_off(again(box), now=NOW, address="192.0.2.7")
    found = again(box)
    assert (found.state, found.cause, kinds()) == ("suspended", "owner", ["suspend"])
    assert AuditEvent.objects.get(verb="mailbox.suspended").address == "192.0.2.7"
    services.switch_on(again(box), now=LATER, address="")
    assert (again(box).state, kinds()) == ("active", ["suspend", "resume"])
    assert told() == [(kind, to) for kind in ("mailbox-suspended", "mailbox-lifted") for to in (ADDRESS, HOME)]


def test_an_owner_closes_after_the_cooling_time(box: Mailbox) -> None:
    services.ask_to_close(again(box), now=NOW, address="")
    found = again(box)
    assert (found.state, found.cause, found.closes_at, kinds()) == ("leaving", "owner", NOW + 7 * DAY, [])
    posted = []
    for half in range(20):
        following.do_due(NOW + half * DAY / 2)
        posted += [(half / 2, kind, to) for kind, to in told()]
    assert posted == [
        (0, "mailbox-closing", ADDRESS), (0, "mailbox-closing", HOME),
        (6, "mailbox-closing", ADDRESS), (6, "mailbox-closing", HOME),
        (7, "mailbox-closed", HOME),
    ]  # fmt: skip
    assert (again(box).state, again(box).cause, kinds()) == ("closed", "owner", ["close"])


def test_an_owner_takes_the_closing_back(box: Mailbox) -> None:
    services.ask_to_close(again(box), now=NOW, address="")
    services.take_back_closing(again(box), now=LATER, address="")
    following.do_due(NOW + 30 * DAY)
    assert (again(box).state, again(box).next_at, kinds()) == ("active", None, [])


def test_by_closing_and_taking_back_nobody_wins_time(box: Mailbox, wang: Person) -> None:
    services.ask_to_close(again(box), now=NOW, address="")
    Person.objects.filter(pk=wang.pk).update(condition="離職")
    following.follow_conditions(again(box).service, after=0, now=NOW)
    assert (again(box).cause, again(box).closes_at) == ("owner", NOW + 7 * DAY)
    services.take_back_closing(again(box), now=NOW + 6 * DAY, address="")
    found = again(box)
    assert (found.state, found.cause, found.leaves_at) == ("leaving", "leaving", NOW + 30 * DAY)
    assert found.closes_at == NOW + 60 * DAY


def test_the_owner_takes_back_while_the_sweep_closes(box: Mailbox) -> None:
    services.ask_to_close(again(box), now=NOW, address="")
    swept = again(box)
    services.take_back_closing(again(box), now=NOW + 7 * DAY, address="")
    with pytest.raises(states.NotAllowed):
        following.do_next(swept, now=NOW + 7 * DAY)
    assert (again(box).state, kinds()) == ("active", [])


def test_two_sweeps_at_once_send_one_letter(box: Mailbox, wang: Person) -> None:
    Person.objects.filter(pk=wang.pk).update(condition="離職")
    following.follow_conditions(again(box).service, after=0, now=NOW)
    told()
    both = [again(box), again(box)]
    following.do_next(both[0], now=NOW + 23 * DAY)
    with pytest.raises(states.NotAllowed):
        following.do_next(both[1], now=NOW + 23 * DAY)
    assert told() == [("mailbox-leaving", ADDRESS), ("mailbox-leaving", HOME)]


def test_closing_ends_delegations_and_reopening_gives_none_back(
    box: Mailbox, professor: Person, administrator: Person, make_open: MakeOpen
) -> None:
    other = make_open(professor, "sflin")
    days = {"starts_at": NOW, "ends_at": NOW + 30 * DAY, "reason": "x", "folders": ["INBOX"], "state": "accepted"}
    Delegation.objects.create(mailbox=box, delegate=other, **days)
    Delegation.objects.create(mailbox=other, delegate=box, **days)
    services.close_now(again(box), reason="Retired for good.", actor=administrator, now=NOW)
    assert set(Delegation.objects.values_list("state", flat=True)) == {"ended"}
    services.reopen(again(box), actor=administrator, now=LATER)
    assert (again(box).state, kinds()) == ("active", ["close", "resume"])
    assert [kind for kind, _to in told()] == ["mailbox-closed", "mailbox-reopened", "mailbox-reopened"]


def test_a_stolen_one_does_not_come_back_open(box: Mailbox, administrator: Person, suspend: Callable[[str], None]) -> None:
    suspend("theft")
    services.close_now(again(box), reason="Nobody answers.", actor=administrator, now=NOW)
    services.reopen(again(box), actor=administrator, now=LATER)
    assert (again(box).state, again(box).cause, kinds()) == ("suspended", "theft", ["suspend", "close", "suspend"])


def test_one_reopened_in_spite_of_the_condition_stays(box: Mailbox, wang: Person, administrator: Person) -> None:
    services.close_now(again(box), reason="x", actor=administrator, now=NOW)
    Person.objects.filter(pk=wang.pk).update(condition="離職")
    services.reopen(again(box), actor=administrator, now=LATER)
    following.follow_conditions(again(box).service, after=0, now=LATER)
    assert again(box).state == "active"


def test_all_of_it_reaches_the_store(box: Mailbox, administrator: Person, settings: object) -> None:
    Mailbox.objects.update(state="pending", active_at=None)
    box.applications.create(person=box.person, service=box.service, state="pending", submitted_at=NOW)
    store = MaildirStore(settings.MAILDIR_ROOT)  # type: ignore[attr-defined]
    tasks.run(Job.objects.create(mailbox=box, address=ADDRESS, kind="create", password_hash=HASH, due_at=NOW).pk)

    def line() -> str:
        tasks.run(Job.objects.latest("pk").pk)
        return store.users.read_text()

    services.switch_off(again(box), now=NOW, address="")
    assert "nologin=y" in line()
    services.close_now(again(box), reason="x", actor=administrator, now=NOW)
    assert line().startswith("#")
    services.reopen(again(box), actor=administrator, now=NOW)
    assert line().startswith(ADDRESS)
    assert AuditEvent.objects.filter(verb="mailbox.close-done").exists()


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"state": "suspended"}, "mailbox_cause_of_state"),
        ({"cause": "theft"}, "mailbox_cause_of_state"),
        ({"hold": "theft"}, "mailbox_hold_known"),
        ({"off_by_owner": True}, "mailbox_off_by_owner_is_held"),
        (SUSPENDED | {"hold": "owner", "cause": "owner"}, "mailbox_off_by_owner_is_held"),
        (
            SUSPENDED | {"close_asked_at": NOW, "closes_at": NOW, "next_at": NOW, "warned_days": 0},
            "mailbox_office_ends_asking",
        ),
        (SUSPENDED | {"hold": ""}, "mailbox_suspended_by_hold_or_time"),
        (SUSPENDED | {"held_at": None}, "mailbox_held_has_time"),
        ({"state": "leaving", "cause": "owner"}, "mailbox_leaving_has_end"),
        ({"state": "closed", "cause": "owner"}, "mailbox_end_has_origin"),
        ({"leaves_at": NOW}, "mailbox_end_has_origin"),
    ],
)
def test_the_database_holds_the_rules(box: Mailbox, fields: dict[str, object], rule: str) -> None:
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Mailbox.objects.update(**fields)


def test_a_closed_address_is_nobody_elses_and_its_owner_gets_no_other(
    box: Mailbox, professor: Person, administrator: Person, make_open: MakeOpen
) -> None:
    services.close_now(again(box), reason="x", actor=administrator, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_open(professor, "hmwang")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_open(box.person, "another")
