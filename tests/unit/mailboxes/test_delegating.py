"""Delegation as rules, rows, jobs and pages. What the mail server does of it is in tests/services."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.conf import LazySettings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.letters import rendering
from accounts.models import AuditEvent, Letter, Person
from mailboxes import states
from mailboxes.models import Delegation, Job, Mailbox, MailService
from mailboxes.owning import delegating
from mailboxes.provisioning import outbox, sharing, tasks
from tests.conftest import SignIn

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)  # at Taipei
TODAY = date(2026, 11, 22)
DAY = timedelta(days=1)
GIVEN = {
    "folders": ["INBOX", "課程/一○三"],
    "rights": "read",
    "reason": "I am abroad",
    "first_day": TODAY,
    "last_day": TODAY + 30 * DAY,
}

Box = Callable[..., Mailbox]


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def box(services: dict[str, MailService]) -> Box:
    def make(person: Person, local_part: str, service: str = "mx", state: str = "active") -> Mailbox:
        return Mailbox.objects.create(
            service=services[service],
            person=person,
            local_part=local_part,
            domain="mx.nthu.edu.tw" if service == "mx" else f"{service}.nthu.edu.tw",
            stem=local_part,
            stem_number=1,
            state=state,
            active_at=NOON,
        )

    return make


@pytest.fixture
def mine(wang: Person, box: Box) -> Mailbox:
    return box(wang, "hmwang")


@pytest.fixture
def theirs(professor: Person, box: Box) -> Mailbox:
    return box(professor, "sflin")


def offer(mine: Mailbox, address: str = "sflin@mx.nthu.edu.tw", now: datetime = NOON, **other: object) -> Delegation:
    return delegating.offer(mine, address=address, now=now, **(GIVEN | other))  # type: ignore[arg-type]


def accepted(mine: Mailbox, **other: object) -> Delegation:
    delegation = offer(mine, **other)  # type: ignore[arg-type]
    delegating.accept(delegation, now=NOON)
    return delegation


def waiting() -> list[str]:
    return [job.address for job in Job.objects.filter(kind="share", state="waiting").order_by("pk")]


def done() -> None:
    """As after a worker: the server has what holds now."""
    held = Delegation.objects.filter(sharing.in_force(timezone.now()))
    Delegation.objects.exclude(pk__in=held.values("pk")).update(given_at=None)
    Delegation.objects.filter(pk__in=list(held.values_list("pk", flat=True))).update(given_at=timezone.now())
    Job.objects.filter(kind="share").update(state="done")


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
    box(professor, "suspended", state="suspended")
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


# --- by itself ----------------------------------------------------------------------------------------------------------


def test_it_begins_and_ends_by_itself_though_every_bell_is_lost(mine: Mailbox, theirs: Mailbox) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        delegation = accepted(mine, first_day=TODAY + DAY, last_day=TODAY + DAY)
        assert waiting() == []
        clock.shift(DAY)
        tasks.sweep()
        tasks.sweep()
        assert waiting() == [mine.address]  # once, though nobody has done it
        done()
        tasks.sweep()
        assert waiting() == []
        clock.shift(DAY)
        tasks.sweep()
        assert waiting() == [mine.address]
    delegation.refresh_from_db()
    assert delegation.state == "ended"
    assert AuditEvent.objects.filter(verb="delegation.ended", actor=None, person=theirs.person).count() == 1


@pytest.mark.parametrize("who", ["mine", "theirs"])
def test_while_either_mailbox_is_suspended_nothing_is_open(mine: Mailbox, theirs: Mailbox, who: str) -> None:
    with time_machine.travel(NOON, tick=False):
        accepted(mine)
        done()
        suspended = mine if who == "mine" else theirs
        with transaction.atomic():
            states.move_mailbox(suspended, "suspended", now=NOON, actor=None)
        tasks.sweep()
        assert waiting() == [mine.address]
        done()
        assert not Delegation.objects.filter(given_at__isnull=False).exists()
        with transaction.atomic():
            states.move_mailbox(suspended, "active", now=NOON, actor=None)
        tasks.sweep()
        assert waiting() == [mine.address]


def test_an_offer_that_nobody_answered_ends_with_its_last_day(mine: Mailbox, theirs: Mailbox) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        offer(mine, last_day=TODAY)
        clock.shift(DAY)
        tasks.sweep()
    assert Delegation.objects.get().state == "ended"
    assert waiting() == []


def test_what_the_server_has_is_looked_at_again_now_and_then(mine: Mailbox, theirs: Mailbox) -> None:
    with time_machine.travel(NOON, tick=False):
        accepted(mine)
        done()
        sharing.look_again(NOON)
        sharing.look_again(NOON)
    assert waiting() == [mine.address]


def test_a_server_that_cannot_share_keeps_back_no_new_password(mine: Mailbox) -> None:
    with transaction.atomic():
        share = outbox.put(mine, Job.Kind.SHARE, now=NOON)
        password = outbox.put(mine, Job.Kind.PASSWORD, now=NOON, password_hash="{ARGON2ID}x")
        again = outbox.put(mine, Job.Kind.SHARE, now=NOON)
    share.refresh_from_db()
    assert share.state == "dropped"  # the newest reads the same rows
    assert outbox.claim(again.pk, now=NOON) is None  # but waits for what was asked before it
    claimed = outbox.claim(password.pk, now=NOON)
    assert claimed
    outbox.settle(claimed, now=NOON)
    assert outbox.claim(again.pk, now=NOON) is not None
    assert not AuditEvent.objects.filter(verb="mailbox.share-done").exists()


def test_the_last_use_is_the_latest_of_what_is_open(mine: Mailbox, theirs: Mailbox) -> None:
    accepted(mine)
    Delegation.note_use(mine.address, theirs.address, NOON)
    assert Delegation.objects.get().last_used_at is None
    Delegation.objects.update(given_at=NOON)
    for minutes in (2, 5, 1, 5.5):
        Delegation.note_use(mine.address.upper(), theirs.address, NOON + timedelta(minutes=minutes))
    Delegation.note_use(theirs.address, mine.address, NOON + DAY)
    Delegation.note_use("nobody", "", NOON + DAY)
    assert Delegation.objects.get().last_used_at == NOON + timedelta(minutes=5)


# --- pages --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def as_owner(mine: Mailbox, sign_in: SignIn) -> Client:
    return sign_in(mine.person)


@pytest.fixture
def as_delegate(theirs: Mailbox, sign_in: SignIn) -> Client:
    return sign_in(theirs.person)


def offered_today(mine: Mailbox) -> Delegation:
    today = timezone.localdate()
    return offer(mine, now=timezone.now(), first_day=today, last_day=today + 30 * DAY)


def page_of(delegation: Delegation) -> str:
    return f"/mail/mx/delegation/{delegation.pk}/"


def test_the_delegate_accepts_and_reads_where_the_folders_are(mine: Mailbox, as_owner: Client, as_delegate: Client) -> None:
    delegation = offered_today(mine)
    asked = as_delegate.get(page_of(delegation))
    for text in ("王小明", "I am abroad", "Inbox, 課程/一○三", "read only", "Accept", "Decline"):
        assertContains(asked, text)
    assertNotContains(as_owner.get(page_of(delegation)), ">Accept<")
    assertRedirects(as_delegate.post(page_of(delegation), {"do": "accept"}), page_of(delegation))
    assertContains(as_delegate.get(page_of(delegation)), "shared/hmwang<wbr>@mx.nthu.edu.tw")
    assertContains(as_owner.get(page_of(delegation)), "The mail server is being told")
    done()
    assertContains(as_owner.get(page_of(delegation)), "The folders are open since")


def test_the_owner_cannot_accept_for_the_delegate(mine: Mailbox, theirs: Mailbox, as_owner: Client) -> None:
    delegation = offered_today(mine)
    as_owner.post(page_of(delegation), {"do": "accept"})
    as_owner.post(page_of(delegation), {"do": ""})
    delegation.refresh_from_db()
    assert delegation.state == "offered"


@pytest.mark.parametrize("who", ["as_owner", "as_delegate"])
def test_either_ends_it_on_its_page(mine: Mailbox, who: str, as_owner: Client, as_delegate: Client) -> None:
    delegation = offered_today(mine)
    as_delegate.post(page_of(delegation), {"do": "accept"})
    done()
    client = as_owner if who == "as_owner" else as_delegate
    client.post(page_of(delegation), {"do": "end"})
    assertContains(client.get(page_of(delegation)), "The mail server is being told.")
    done()
    ended = client.get(page_of(delegation))
    assertContains(ended, "The folders are closed.")
    assertNotContains(ended, "End it now")
    assertRedirects(client.post(page_of(delegation), {"do": "end"}), page_of(delegation))


def test_a_suspended_delegate_reads_why_it_cannot_be_accepted(mine: Mailbox, theirs: Mailbox, as_delegate: Client) -> None:
    delegation = offered_today(mine)
    Mailbox.objects.filter(pk=theirs.pk).update(state="suspended")
    assertContains(as_delegate.post(page_of(delegation), {"do": "accept"}), "while your mailbox is in use")


def test_it_is_nobody_elses(mine: Mailbox, theirs: Mailbox, box: Box, stranger: Person, sign_in: SignIn) -> None:
    delegation = offered_today(mine)
    box(stranger, "ytchou")
    client = sign_in(stranger)
    assert client.get(page_of(delegation)).status_code == 404
    assert client.post(page_of(delegation), {"do": "accept"}).status_code == 404
    assert client.get("/mail/mx/delegation/99999999999999999999/").status_code == 404
    delegation.refresh_from_db()
    assert delegation.state == "offered"


def test_a_store_that_cannot_share_says_so_and_has_no_form(mine: Mailbox, as_owner: Client) -> None:
    page = as_owner.get("/mail/mx/delegation/new/")
    assertContains(page, "cannot")
    assertNotContains(page, 'name="folders"')
    assertContains(as_owner.get("/mail/mx/box/delegation/"), "store-cannot-tell")


def test_the_box_stands_when_the_mail_server_cannot_be_asked(
    mine: Mailbox, as_owner: Client, as_delegate: Client, settings: LazySettings
) -> None:
    MailService.objects.update(store="dovecot")
    settings.MAIL_DATABASE_URL, settings.DOVEADM_URL = "sqlite:////nowhere", "http://127.0.0.1:1"
    delegation = offered_today(mine)
    for client in (as_owner, as_delegate):
        shown = client.get("/mail/mx/box/delegation/", headers={"x-box": "alone"})
        assertContains(shown, "store-unavailable")
        assertContains(shown, f'href="{page_of(delegation)}"')
    assertContains(as_owner.get("/mail/mx/delegation/new/"), "cannot be asked at this moment")
