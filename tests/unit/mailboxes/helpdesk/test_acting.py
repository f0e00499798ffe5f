"""What the helpdesk may do for a caller: know who calls, send a letter again, let a held application go on; no more."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from accounts import calling, letters
from accounts.models import AuditEvent, ContactAddress, Letter, Person
from mailboxes.models import Application, MailService
from mailboxes.reviewing.helpdesk import guard
from tests.conftest import AgreeAll, SignIn
from tests.unit.mailboxes.conftest import MakeMailbox
from tests.unit.mailboxes.helpdesk.conftest import page_of

pytestmark = pytest.mark.thorough

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
CODE = "/configure/helpdesk-code/"


# --- the code -----------------------------------------------------------------------------------------------------------


def read_out(client: Client) -> str:
    page = client.get(CODE).content.decode()
    found = re.search(r"caller-code[^>]*>([0-9]{3} [0-9]{3})<", page)
    assert found
    return found[1]


def check(desk: Client, person: Person, code: str) -> str:
    return desk.post(page_of(person), {"act": "caller", "code": code}, follow=True).content.decode()


def test_the_caller_reads_out_what_the_portal_shows(desk: Client, as_wang: Client, wang: Person, helper: Person) -> None:
    assertContains(as_wang.get(CODE), "We never ask for your password.")
    assert "The code is right" in check(desk, wang, read_out(as_wang))
    event = AuditEvent.objects.get(verb="helpdesk.caller-right")
    assert (event.person, event.actor, event.address, event.details) == (wang, helper, "127.0.0.1", {})


def test_somebody_elses_code_is_wrong(desk: Client, as_wang: Client, professor: Person) -> None:
    assert "The code is wrong" in check(desk, professor, read_out(as_wang))
    assert AuditEvent.objects.get(verb="helpdesk.caller-wrong").person == professor


@pytest.mark.parametrize(
    ("seconds", "right"), [(0, True), (calling.STEP, True), (2 * calling.STEP, False), (-calling.STEP, False)]
)
def test_a_code_is_good_for_some_minutes(wang: Person, seconds: int, right: bool) -> None:
    code = calling.code(wang, now=NOW)
    assert calling.is_code(code, wang, now=NOW + timedelta(seconds=seconds)) is right
    assert calling.good_until(NOW) == NOW + timedelta(seconds=2 * calling.STEP)


def test_it_is_taken_as_it_is_heard_and_depends_on_the_secret(wang: Person, settings: LazySettings) -> None:
    code = calling.code(wang, now=NOW)
    assert re.fullmatch(r"[0-9]{6}", code)
    full_width = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
    for said in (f" {code[:3]} {code[3:]} ", full_width):
        assert calling.is_code(said, wang, now=NOW)
    for said in ("", "not-a-code", code[:5], "é" * 6):
        assert not calling.is_code(said, wang, now=NOW)
    settings.SECRET_KEY = "another-secret-of-some-fifty-characters-0123456789abc"
    assert calling.code(wang, now=NOW) != code


def test_codes_cannot_be_tried_one_after_the_other(desk: Client, as_wang: Client, wang: Person) -> None:
    with time_machine.travel(NOW, tick=False):
        right = calling.code(wang, now=NOW)
        wrong = "000000" if right != "000000" else "000001"
        for _ in range(3):
            assert "The code is right" in check(desk, wang, right)
        for _ in range(guard.WRONG_CODES):
            assert "The code is wrong" in check(desk, wang, wrong)
        assert "No code is taken until 13:00:00" in check(desk, wang, right)
    assert AuditEvent.objects.filter(verb="helpdesk.caller-wrong").count() == guard.WRONG_CODES


def test_nobody_is_shown_a_code_without_signing_in(client: Client, db: None) -> None:
    assert client.get(CODE).status_code == 302


# --- letters ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def sent(wang: Person) -> Letter:
    letter = letters.post("contact-added", to="hsiaoming@home.example", person=wang, address="secret@home.example")
    Letter.objects.filter(pk=letter.pk).update(state="failed", last_error="550 5.1.1 <hsiaoming@home.example>: unknown")
    return letter


def test_letters_are_shown_with_what_became_of_them_and_half_an_address(desk: Client, wang: Person, sent: Letter) -> None:
    page = desk.get(page_of(wang))
    assertContains(page, "A contact address was added")
    assertContains(page, "550 5.1.1 &lt;h…@home.example&gt;: unknown")
    for secret in ("hsiaoming@home.example", "secret@home.example"):
        assertNotContains(page, secret)


def test_a_letter_is_sent_again(desk: Client, wang: Person, helper: Person, sent: Letter) -> None:
    assertContains(desk.post(page_of(wang), {"act": "resend", "letter": sent.pk}, follow=True), "The letter is sent again.")
    assert Letter.objects.get(state="waiting").to == "hsiaoming@home.example"
    assert AuditEvent.objects.get(verb="letter.sent-again").actor == helper


@pytest.mark.parametrize("number", ["", "x", "٣", "99999999999999999999", "0"])
def test_only_a_letter_of_this_person_is_sent_again(
    desk: Client, wang: Person, professor: Person, sent: Letter, number: str
) -> None:
    assert desk.post(page_of(wang), {"act": "resend", "letter": number}).status_code == 404
    assert desk.post(page_of(professor), {"act": "resend", "letter": sent.pk}).status_code == 404
    assert Letter.objects.count() == 1


# --- a held application ---------------------------------------------------------------------------------------------------


@pytest.fixture
def held(wang: Person, services: dict[str, MailService]) -> Application:
    ContactAddress.objects.create(
        person=wang, address="hm@home.example", place=1, added_at=NOW, asked_at=NOW, verified_at=NOW
    )
    return Application.objects.create(person=wang, service=services["mx"], state="held", queued_at=NOW)


def go_on(desk: Client, person: Person, application: Application, reason: str = "Your passport name is here.") -> str:
    data = {"act": "go-on", "application": application.reference, "reason": reason}
    return desk.post(page_of(person), data, follow=True).content.decode()


def test_a_held_application_goes_back_to_the_applicant_with_a_letter(
    desk: Client, as_wang: Client, wang: Person, helper: Person, held: Application, agree_all: AgreeAll
) -> None:
    agree_all(as_wang, "mx")
    assertContains(as_wang.get(held.get_absolute_url()), "with the helpdesk")
    assert f"The applicant can go on with {held}" in go_on(desk, wang, held)
    held.refresh_from_db()
    assert (held.state, held.queued_at) == ("draft", None)
    letter = Letter.objects.get()
    assert (letter.kind, letter.to, letter.context["reason"]) == (
        "application-reopened", "hm@home.example", "Your passport name is here.",
    )  # fmt: skip
    event = AuditEvent.objects.get(verb="application.draft")
    assert (event.actor, event.details["reason"]) == (helper, "Your passport name is here.")
    assert as_wang.get(held.get_absolute_url()).status_code == 302  # the wizard
    assertContains(as_wang.get("/mail/mx/name/"), "Your passport name is here.")


def test_it_needs_a_reason_and_a_held_application(desk: Client, wang: Person, held: Application) -> None:
    assert "Write a reason" in go_on(desk, wang, held, "")
    Application.objects.filter(pk=held.pk).update(state="cancelled")
    assert "no longer waits for the helpdesk" in go_on(desk, wang, held)
    assert not Letter.objects.exists()


def test_going_on_without_a_reason_is_a_look_like_any_other(
    desk: Client, wang: Person, helper: Person, held: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(guard.MOST, "looks", 2)
    asked = {"act": "go-on", "application": held.reference, "reason": ""}
    assert [desk.post(page_of(wang), asked).status_code for _ in range(3)] == [422, 422, 429]
    assert [event.person for event in AuditEvent.objects.filter(verb="helpdesk.looked", actor=helper)] == [wang, wang]
    Application.objects.filter(pk=held.pk).update(state="cancelled")
    assert desk.post(page_of(wang), asked).status_code == 302  # nothing to complain of, and nothing to see


def test_nobody_helps_themselves(helper: Person, desk: Client, services: dict[str, MailService]) -> None:
    own = Application.objects.create(person=helper, service=services["mx"], state="held", queued_at=timezone.now())
    data = {"act": "go-on", "application": own.reference, "reason": "x"}
    assert desk.post(page_of(helper), data).status_code == 403
    assert desk.post(page_of(helper), {"act": "caller", "code": "1"}).status_code == 403


@pytest.mark.parametrize("act", ["", "delete", "approve", "_save"])
def test_nothing_else_is_done(desk: Client, wang: Person, act: str) -> None:
    before = Person.objects.values().get(pk=wang.pk)
    assert desk.post(page_of(wang), {"act": act, "name": "x", "is_staff": "on", "condition": "一般"}).status_code == 404
    assert Person.objects.values().get(pk=wang.pk) == before


def test_no_secret_is_on_the_page(
    desk: Client, wang: Person, make_mailbox: MakeMailbox, sign_in: SignIn, services: dict[str, MailService]
) -> None:
    box = make_mailbox("hmwang", state="pending")
    Person.objects.filter(pk=wang.pk).update(password="pbkdf2_sha256$1$the-hash")
    Application.objects.create(
        person=wang, service=services["mx"], mailbox=box, state="review", submitted_at=NOW, queued_at=NOW,
        password_hash="{ARGON2ID}the-hash",
    )  # fmt: skip
    box.jobs.create(
        address=box.address, kind="create", password_hash="{ARGON2ID}the-hash", due_at=NOW, last_error="the-error"
    )
    session = sign_in(wang).session.session_key
    for path in (page_of(wang), page_of(wang).replace("change", "why")):
        page = desk.get(path)
        for secret in ("the-hash", "the-error", session, calling.code(wang, now=timezone.now())):
            assertNotContains(page, secret)
