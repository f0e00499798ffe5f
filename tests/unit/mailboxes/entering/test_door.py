"""The door for people who have a mailbox: its own address and password."""

from email.message import EmailMessage

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.models import AuditEvent, Person
from mailboxes.models import Application, Job, Mailbox, MailService
from mailboxes.provisioning.life.services import ask_to_close
from mailboxes.provisioning.stores.maildir import MaildirStore
from tests.conftest import GOOD_PASSWORD, SUSPENDED
from tests.unit.mailboxes.entering.conftest import ADDRESS, DOOR, HASH, OTHER_PASSWORD, UNKNOWN, give

WRONG_SENTENCE = "Nobody can be signed in with that address and password."


def body(response: HttpResponse, address: str) -> str:
    """The page as it is for everybody: without the address, and without the token of the form."""
    page = response.content.decode().replace(address, "ADDRESS")
    token = response.context["csrf_token"]
    return page.replace(str(token), "TOKEN")


# --- off and on ---------------------------------------------------------------------------------------------------------


def test_it_is_off_until_an_administrator_opens_it(services: dict[str, MailService], visitor: Client) -> None:
    assert not any(service.password_sign_in for service in services.values())
    assert visitor.get(DOOR).status_code == 404
    assert give(visitor).status_code == 404
    assertNotContains(visitor.get("/signed-out/"), DOOR)
    MailService.objects.filter(slug="mx").update(password_sign_in=True)
    assertContains(visitor.get("/signed-out/"), f'href="{DOOR}"')
    assertNotContains(visitor.get("/signed-out/"), "You have no password here")
    assertContains(visitor.get(DOOR), "<h1>Sign in with your mailbox</h1>", html=True)


def test_it_opens_the_mailboxes_of_its_service_and_of_no_other(box: Mailbox, visitor: Client) -> None:
    MailService.objects.update(password_sign_in=False)
    MailService.objects.filter(slug="gapp").update(password_sign_in=True)
    assertContains(give(visitor), WRONG_SENTENCE, status_code=422)


# --- in -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", [ADDRESS, " HMWang@MX.nthu.edu.tw ", "ｈｍwang＠mx.nthu.edu.tw"])
def test_the_owner_comes_in_with_the_right_password(typed: str, box: Mailbox, visitor: Client, wang: Person) -> None:
    assertRedirects(give(visitor, typed), "/")
    assert visitor.session["_auth_user_id"] == str(wang.pk)
    assert visitor.session["way"] == f"mailbox:{ADDRESS}"
    event = AuditEvent.objects.get()
    assert (event.verb, event.person, event.actor) == ("mailbox.signed-in", wang, wang)
    assert (event.mailbox, event.address) == (ADDRESS, "127.0.0.1")
    assertRedirects(visitor.get(DOOR), "/")
    assert give(visitor, password="x")["Location"] == "/"


def test_they_come_back_to_the_page_that_they_wanted(box: Mailbox, visitor: Client) -> None:
    visitor.get("/mail/mx/settings/", follow=True)
    assertRedirects(give(visitor), "/", fetch_redirect_response=False)
    assertRedirects(visitor.get("/"), "/mail/mx/settings/")


def test_the_session_is_a_new_one(box: Mailbox, visitor: Client, professor: Person) -> None:
    visitor.cookies["sessionid"] = "chosen-by-somebody-else-12345678"
    give(visitor)
    assert Session.objects.count() == 1
    assert visitor.session.session_key != "chosen-by-somebody-else-12345678"


def test_their_own_language_awaits_them(box: Mailbox, visitor: Client) -> None:
    Person.objects.update(language="zh-hant")
    give(visitor)
    assert visitor.cookies["django_language"].value == "zh-hant"


def test_who_has_switched_it_off_is_told_to_come_in_by_another_way(box: Mailbox, visitor: Client) -> None:
    Mailbox.objects.update(**SUSPENDED | {"hold": "owner", "off_by_owner": True, "cause": "owner"})
    assertContains(give(visitor), "Come in by another way to switch it on again", status_code=403)


def test_who_wants_it_closed_comes_in_until_it_is(box: Mailbox, visitor: Client) -> None:
    ask_to_close(box, now=timezone.now(), address="")
    assert give(visitor).status_code == 302
    assert visitor.get("/mail/mx/").status_code == 200


def test_a_suspended_owner_is_told_so_after_the_right_password_only(box: Mailbox, visitor: Client) -> None:
    Mailbox.objects.update(**SUSPENDED)
    assertContains(give(visitor, password=OTHER_PASSWORD), WRONG_SENTENCE, status_code=422)
    assertContains(give(visitor), "Your mailbox is suspended", status_code=403)
    assert "_auth_user_id" not in visitor.session
    assert [event.details["code"] for event in AuditEvent.objects.order_by("pk")] == ["wrong-password", "suspended"]


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [({"is_active": False}, "has been closed"), ({"is_staff": True, "source": "local"}, "does not come in by a mailbox")],
)
def test_a_closed_account_and_an_administrator_stay_outside(
    facts: dict[str, object], sentence: str, box: Mailbox, visitor: Client
) -> None:
    Person.objects.update(**facts)
    assertContains(give(visitor, password=OTHER_PASSWORD), WRONG_SENTENCE, status_code=422)
    assertContains(give(visitor), sentence, status_code=403)
    assert "_auth_user_id" not in visitor.session


# --- not in -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [UNKNOWN, "hmwang@gapp.nthu.edu.tw", "hmwang@elsewhere.example", "pending@mx.nthu.edu.tw", "suspended@mx.nthu.edu.tw"],
)
def test_nobody_learns_whether_an_address_is_somebodys(
    address: str, box: Mailbox, hashes: list[str], store: MaildirStore, professor: Person, student: Person
) -> None:
    for state, person in (("pending", professor), ("suspended", student)):
        facts = {"local_part": state, "stem": state, "stem_number": 1, "domain": box.domain, "state": state}
        facts |= SUSPENDED if state == "suspended" else {}
        Mailbox.objects.create(service=box.service, person=person, **facts)
        letter = EmailMessage()
        letter["Subject"] = "welcome"
        store.ensure(f"{state}@{box.domain}", password_hash=HASH, quota=1_000_000, welcome=letter, revision=1)
    answers = []
    for tried in (ADDRESS, address):
        with CaptureQueriesContext(connection) as asked:
            response = give(Client(headers={"accept-language": "en"}), tried, OTHER_PASSWORD)
        answers.append((response.status_code, body(response, tried), len(asked), sorted(response.cookies)))
    assert answers[0] == answers[1]
    assert answers[0][0] == 422
    assert hashes == [hashes[0]] * 2


def test_a_mailbox_that_is_being_opened_opens_nothing(box: Mailbox, visitor: Client) -> None:
    Mailbox.objects.update(state="pending")
    assertContains(give(visitor), WRONG_SENTENCE, status_code=422)


def test_a_failure_is_written_down_with_whom_it_concerns_and_without_what_was_typed(box: Mailbox, visitor: Client) -> None:
    give(visitor, password=OTHER_PASSWORD)
    give(visitor, UNKNOWN, OTHER_PASSWORD)
    unknown, wrong = AuditEvent.objects.all()
    assert (wrong.verb, wrong.person, wrong.mailbox) == ("mailbox.sign-in-failed", box.person, ADDRESS)
    assert (unknown.verb, unknown.person, unknown.mailbox) == ("mailbox.sign-in-failed", None, "")
    assert wrong.details == unknown.details == {"code": "wrong-password"}
    assert wrong.actor is unknown.actor is None
    assert wrong.address == "127.0.0.1"


def test_nothing_is_ever_made(mx: MailService, store: MaildirStore, visitor: Client) -> None:
    for address in (ADDRESS, UNKNOWN, "root@localhost", "admin@mx.nthu.edu.tw"):
        give(visitor, address)
    assert not any(model.objects.exists() for model in (Person, Mailbox, Application, Job, Session))
    assert not store.root.exists()


@pytest.mark.parametrize(
    ("address", "password", "sentence"),
    [
        ("", GOOD_PASSWORD, "Type the address of your mailbox."),
        ("hmwang", GOOD_PASSWORD, "Type the whole address"),
        ("hmwang@mx.nthu.edu.tw\0", GOOD_PASSWORD, "Type the whole address"),
        ("王小明@mx.nthu.edu.tw", GOOD_PASSWORD, "Type the whole address"),
        (f"{'a' * 300}@mx.nthu.edu.tw", GOOD_PASSWORD, "Type the whole address"),
        ("<b>@mx.nthu.edu.tw", GOOD_PASSWORD, "Type the whole address"),
        (ADDRESS, "", "Type the password of your mailbox."),
    ],
)
def test_it_says_what_is_missing_in_the_form(
    address: str, password: str, sentence: str, box: Mailbox, hashes: list[str], visitor: Client
) -> None:
    page = give(visitor, address, password)
    assertContains(page, sentence, status_code=422)
    assertNotContains(page, "<b>@", status_code=422)
    assert not hashes
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("password", [" ", "null\0octet", "x" * 100_000, "銅壺九十隻海豹", OTHER_PASSWORD])
def test_a_password_is_never_shown_again(password: str, box: Mailbox, visitor: Client) -> None:
    page = give(visitor, password=password)
    assertContains(page, WRONG_SENTENCE, status_code=422)
    assertContains(page, f'value="{ADDRESS}"', status_code=422)
    if password.strip():
        assertNotContains(page, password, status_code=422)
    assertContains(page, 'name="password" id="id_password" autocomplete', status_code=422)  # and no value


def test_no_other_site_can_sign_anybody_in(box: Mailbox) -> None:
    assert give(Client(enforce_csrf_checks=True)).status_code == 403
