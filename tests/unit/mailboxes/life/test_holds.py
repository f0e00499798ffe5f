"""Who holds a mailbox, where several have taken it out of use, ended it or asked for that one after another."""

from datetime import timedelta

import pytest

from accounts.letters import rendering
from accounts.models import AuditEvent, Letter, Person
from mailboxes import states
from mailboxes.applying import services as applying
from mailboxes.models import Job, Mailbox
from mailboxes.provisioning.life import following, services
from tests.conftest import GOOD_PASSWORD
from tests.unit.mailboxes.life.conftest import NOW, again, told

pytestmark = pytest.mark.thorough

DAY = timedelta(days=1)
LATER = NOW + timedelta(hours=1)


def suspend(box: Mailbox, administrator: Person, cause: str = "theft") -> None:
    services.suspend(again(box), cause=cause, reason="The reason.", actor=administrator, now=LATER)


def text_of(kind: str) -> str:
    letter = Letter.objects.filter(kind=kind).select_related("person").latest("pk")
    return str(rendering.message(letter).get_body(("plain",)).get_content())  # type: ignore[union-attr]


@pytest.mark.parametrize("cause", ["theft", "rule"])
def test_a_suspension_by_the_office_ends_a_closing_that_was_asked_for_before(
    box: Mailbox, administrator: Person, cause: str
) -> None:
    services.ask_to_close(again(box), now=NOW, address="192.0.2.1")
    suspend(box, administrator, cause)
    assert "The closing that was asked for on the portal does not take place" in text_of("mailbox-suspended")
    event = AuditEvent.objects.get(verb="mailbox.closing-taken-back")
    assert (event.actor, event.person, event.mailbox) == (administrator, box.person, box.address)
    told()
    for day in range(1, 20):
        following.do_due(NOW + day * DAY)
    found = again(box)
    assert (found.state, found.cause, found.close_asked_at, found.closes_at) == ("suspended", cause, None, None)
    assert told() == []
    services.lift(again(box), actor=administrator, now=NOW + 20 * DAY, anyway=True)
    assert again(box).state == "active"


def test_nothing_is_said_of_a_closing_that_nobody_asked_for(box: Mailbox, administrator: Person) -> None:
    suspend(box, administrator)
    assert "does not take place" not in text_of("mailbox-suspended")
    assert not AuditEvent.objects.filter(verb="mailbox.closing-taken-back").exists()


def test_the_end_by_the_condition_comes_where_the_closing_is_off(box: Mailbox, administrator: Person) -> None:
    Person.objects.filter(pk=box.person_id).update(condition="離職")
    following.follow_conditions(again(box).service, after=0, now=NOW)
    services.ask_to_close(again(box), now=NOW, address="")
    suspend(box, administrator)
    assert (again(box).closes_at, again(box).state) == (NOW + 60 * DAY, "suspended")


def test_what_its_owner_switched_off_is_off_after_the_lift(box: Mailbox, administrator: Person) -> None:
    services.switch_off(again(box), now=NOW, address="")
    suspend(box, administrator, "rule")
    services.lift(again(box), actor=administrator, now=LATER + DAY)
    found = again(box)
    assert (found.state, found.cause, found.hold, found.reason) == ("suspended", "owner", "owner", "")
    assert not Job.objects.filter(kind="resume").exists()
    assert "It is switched off still" in text_of("mailbox-lifted")
    services.switch_on(again(box), now=LATER + DAY, address="")
    assert (again(box).state, again(box).off_by_owner) == ("active", False)


def test_the_administration_switches_on_for_an_owner(box: Mailbox, administrator: Person) -> None:
    services.switch_off(again(box), now=NOW, address="")
    services.lift(again(box), actor=administrator, now=LATER)
    assert (again(box).state, again(box).off_by_owner) == ("active", False)
    suspend(box, administrator, "rule")
    services.lift(again(box), actor=administrator, now=LATER)
    assert again(box).state == "active"


@pytest.mark.parametrize("by_office", [False, True])
def test_what_its_owner_switched_off_is_off_when_it_is_reopened(
    box: Mailbox, administrator: Person, by_office: bool
) -> None:
    services.switch_off(again(box), now=NOW, address="")
    if by_office:
        suspend(box, administrator, "rule")
    services.close_now(again(box), reason="Gone.", actor=administrator, now=LATER)
    services.reopen(again(box), actor=administrator, now=LATER + DAY)
    if by_office:
        services.lift(again(box), actor=administrator, now=LATER + DAY)
    else:
        assert "Switch it on again there whenever you like" in text_of("mailbox-reopened")
    found = again(box)
    assert (found.state, found.hold, found.reason) == ("suspended", "owner", "")


def test_a_password_from_before_the_theft_is_no_new_one(box: Mailbox, administrator: Person) -> None:
    services.switch_off(again(box), now=NOW, address="")
    job = applying.change_password(again(box), password=GOOD_PASSWORD, address="192.0.2.1", now=NOW)
    finished = NOW + timedelta(minutes=1)
    Job.objects.filter(pk=job.pk).update(state="done", password_hash="", created_at=finished, finished_at=finished)
    suspend(box, administrator)
    assert again(box).held_at == LATER
    with pytest.raises(states.NotAllowed, match="no new password"):
        services.lift(again(box), actor=administrator, now=LATER)


def test_the_reason_stays_readable_while_a_condition_begins_and_ends(box: Mailbox, administrator: Person) -> None:
    suspend(box, administrator, "rule")
    for condition in ("離職", "一般"):
        Person.objects.filter(pk=box.person_id).update(condition=condition)
        following.follow_conditions(again(box).service, after=0, now=LATER + DAY)
        assert (again(box).reason, again(box).hold) == ("The reason.", "rule")


def test_what_leaves_the_end_where_it_was_repeats_no_letter_about_it_and_loses_none(
    box: Mailbox, administrator: Person
) -> None:
    Person.objects.filter(pk=box.person_id).update(condition="離職")
    following.follow_conditions(again(box).service, after=0, now=NOW)
    told()
    # The worker stood still on the 23rd day: the letter of seven days before is due and not sent.
    services.suspend(again(box), cause="rule", reason="x", actor=administrator, now=NOW + 24 * DAY)
    services.lift(again(box), actor=administrator, now=NOW + 24 * DAY)
    told()
    following.do_due(NOW + 24 * DAY)
    assert [kind for kind, _to in told()] == ["mailbox-leaving"] * 2
    services.suspend(again(box), cause="rule", reason="x", actor=administrator, now=NOW + 25 * DAY)
    told()
    following.do_due(NOW + 25 * DAY)
    assert told() == []
