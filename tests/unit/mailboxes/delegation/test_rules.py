"""Who may offer what to whom, and who accepts, declines and ends it."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from accounts.letters import rendering
from accounts.models import AuditEvent, Letter, Person
from mailboxes import states
from mailboxes.models import Delegation, Job, Mailbox
from mailboxes.owning import delegating
from tests.conftest import SUSPENDED
from tests.unit.mailboxes.delegation.acting import DAY, NOON, TODAY, accepted, offer, waiting
from tests.unit.mailboxes.delegation.conftest import Box


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


# --- offered ------------------------------------------------------------------------------------------------------------


def test_an_offer_opens_nothing_and_tells_the_delegate_without_what_its_owner_wrote(mine: Mailbox, theirs: Mailbox) -> None:
    delegation = offer(mine, reason="Your account is locked: https://evil.example", address=" SFLin@mx.nthu.edu.tw ")
    assert (delegation.state, delegation.delegate) == ("offered", theirs)
    assert timezone.localtime(delegation.starts_at).isoformat() == "2026-11-22T00:00:00+08:00"
    assert timezone.localtime(delegation.ends_at).isoformat() == "2026-12-23T00:00:00+08:00"
    assert waiting() == []
    letter = Letter.objects.get()
    text = str(rendering.message(letter))
    assert (letter.to, letter.person) == (theirs.address, theirs.person)
    assert "22 November 2026 to 22 December 2026" in " ".join(
        rendering.message(letter).get_body(("plain",)).get_content().split()
    )  # type: ignore[union-attr]
    assert "evil" not in text
    assert f"/mail/mx/delegation/{delegation.pk}/" in text


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"address": "hmwang@mx.nthu.edu.tw"}, "address", "oneself"),
        ({"address": "HMWang@MX.nthu.edu.tw"}, "address", "oneself"),
        ({"address": "nobody@mx.nthu.edu.tw"}, "address", "stranger"),
        ({"address": "somebody@example.org"}, "address", "stranger"),
        ({"address": "sflin"}, "address", "stranger"),
        ({"address": "sflin@mx.nthu.edu.tw\n"}, None, ""),
        ({"address": "sflin@mx.nthu.edu.tw\nbcc: x"}, "address", "stranger"),
        ({"address": "%@mx.nthu.edu.tw"}, "address", "stranger"),
        ({"first_day": TODAY - DAY}, "first_day", "past"),
        ({"first_day": TODAY - 9 * DAY, "last_day": TODAY - DAY}, "first_day", "past"),
        ({"first_day": TODAY + 400 * DAY, "last_day": TODAY + 401 * DAY}, "first_day", "too-far"),
        ({"first_day": TODAY + 9 * DAY, "last_day": TODAY + 8 * DAY}, "last_day", "reversed"),
        ({"last_day": TODAY + 367 * DAY}, "last_day", "too-long"),
        ({"last_day": date.max}, "last_day", "too-long"),
        ({"first_day": date.min, "last_day": date.max}, "first_day", "past"),
        ({"last_day": TODAY}, None, ""),
        ({"last_day": TODAY + 366 * DAY}, None, ""),
    ],
)
def test_what_is_wrong_with_an_offer_is_said_at_its_field(
    mine: Mailbox, theirs: Mailbox, change: dict[str, object], field: str | None, code: str
) -> None:
    if field is None:
        offer(mine, **change)  # type: ignore[arg-type]
        return
    with pytest.raises(ValidationError) as refused:
        offer(mine, **change)  # type: ignore[arg-type]
    assert refused.value.error_dict[field][0].code == code
    assert not Delegation.objects.exists()
    assert not Letter.objects.exists()


def test_of_an_address_that_will_not_do_nobody_learns_why(
    mine: Mailbox, professor: Person, box: Box, student: Person
) -> None:
    box(professor, "suspended", **SUSPENDED)
    box(student, "pending", state="pending")
    box(professor, "elsewhere", service="gapp")
    said = set()
    for address in ("suspended@mx.nthu.edu.tw", "pending@mx.nthu.edu.tw", "elsewhere@gapp.nthu.edu.tw", "x@mx.nthu.edu.tw"):
        with pytest.raises(ValidationError) as refused:
            offer(mine, address=address)
        said.add(str(refused.value))
    assert len(said) == 1


def test_addresses_cannot_be_tried_one_after_the_other(mine: Mailbox, theirs: Mailbox) -> None:
    for number in range(delegating.OFFERS_AN_HOUR):
        with pytest.raises(ValidationError, match="No mailbox in use"):
            offer(mine, address=f"guess{number}@mx.nthu.edu.tw")
    with pytest.raises(ValidationError, match="within an hour"):
        offer(mine)


def test_there_is_one_living_delegation_to_a_person(mine: Mailbox, theirs: Mailbox) -> None:
    first = offer(mine)
    with pytest.raises(ValidationError, match="already"):
        offer(mine)
    delegating.decline(first, now=NOON)
    assert offer(mine).pk != first.pk


def test_a_suspended_mailbox_gives_and_takes_nothing(mine: Mailbox, theirs: Mailbox) -> None:
    delegation = offer(mine)
    theirs.state = delegation.delegate.state = mine.state = "suspended"
    with pytest.raises(ValidationError, match="while your mailbox is in use"):
        offer(mine)
    with pytest.raises(ValidationError, match="while your mailbox is in use"):
        delegating.accept(delegation, now=NOON)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"ends_at": NOON - DAY}, "delegation_begins_before_its_end"),
        ({"state": "forgotten"}, "delegation_state_known"),
        ({"state": "ended"}, "delegation_ended_has_time"),
        ({"rights": "everything"}, "delegation_rights_known"),
        ({"delegate": "mine"}, "delegation_not_to_oneself"),
    ],
)
def test_the_database_itself_refuses(mine: Mailbox, theirs: Mailbox, change: dict[str, object], name: str) -> None:
    delegation = offer(mine)
    if change.get("delegate"):
        change = {"delegate": mine}
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Delegation.objects.filter(pk=delegation.pk).update(**change)


# --- accepted, declined, ended ------------------------------------------------------------------------------------------


def test_accepting_asks_the_mail_server_tells_the_owner_and_is_in_both_logs(mine: Mailbox, theirs: Mailbox) -> None:
    accepted(mine)
    assert waiting() == [mine.address]
    assert [letter.to for letter in Letter.objects.order_by("pk")] == [theirs.address, mine.address]
    for person in (mine.person, theirs.person):
        verbs = list(AuditEvent.objects.filter(person=person).order_by("pk").values_list("verb", "actor__number"))
        assert verbs == [("delegation.offered", "z99999"), ("delegation.accepted", "r10001")]


def test_declining_opens_nothing_and_is_for_good(mine: Mailbox, theirs: Mailbox) -> None:
    delegation = offer(mine)
    delegating.decline(delegation, now=NOON)
    for again in (delegating.accept, delegating.decline):
        with pytest.raises(states.NotAllowed):
            again(delegation, now=NOON)
    assert waiting() == []


def test_who_accepts_in_two_tabs_accepts_once(mine: Mailbox, theirs: Mailbox) -> None:
    one, other = offer(mine), Delegation.objects.select_related("mailbox", "delegate").get()
    delegating.accept(one, now=NOON)
    with pytest.raises(states.NotAllowed):
        delegating.accept(other, now=NOON)
    assert Letter.objects.filter(kind="delegation-accepted").count() == 1


def test_an_offer_cannot_be_accepted_when_its_last_day_is_over(mine: Mailbox, theirs: Mailbox) -> None:
    delegation = offer(mine, last_day=TODAY)
    with pytest.raises(states.NotAllowed):
        delegating.accept(delegation, now=NOON + DAY)


@pytest.mark.parametrize("who", ["mine", "theirs"])
def test_either_ends_it_at_once_and_both_are_told(mine: Mailbox, theirs: Mailbox, who: str) -> None:
    delegation = accepted(mine)
    Job.objects.all().delete()
    Letter.objects.all().delete()
    delegating.end(delegation, actor=(mine if who == "mine" else theirs).person, now=NOON)
    assert waiting() == [mine.address]
    assert {letter.to for letter in Letter.objects.all()} == {mine.address, theirs.address}
    with pytest.raises(states.NotAllowed):
        delegating.end(delegation, actor=mine.person, now=NOON)


@pytest.mark.parametrize("kind", ["offered", "accepted", "ended"])
@pytest.mark.parametrize("language", ["en", "zh-hant"])
def test_its_letters_are_whole_in_both_languages(mine: Mailbox, theirs: Mailbox, kind: str, language: str) -> None:
    delegation = accepted(mine)
    delegating.end(delegation, actor=mine.person, now=NOON)
    letter = Letter.objects.filter(kind=f"delegation-{kind}").earliest("pk")
    letter.language = language
    message = rendering.message(letter)
    for part in message.iter_parts():
        assert "hmwang@mx.nthu.edu.tw" in part.get_content()
        assert f"http://127.0.0.1:8000/mail/mx/delegation/{delegation.pk}/" in part.get_content()
    assert message["Subject"]
