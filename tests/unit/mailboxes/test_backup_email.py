"""The backup e-mail on the last page of an application, where the service asks for one."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from accounts.contacts import services as contacts
from accounts.models import ContactAddress, Letter, Person
from mailboxes import shelf
from mailboxes.applying.services import submit
from mailboxes.models import Application, Mailbox, MailService
from tests.conftest import AgreeAll, SignIn
from tests.unit.mailboxes.conftest import GOOD
from tests.unit.mailboxes.conftest import PASSWORD as MX_PASSWORD

PASSWORD = "/mail/edu/password/"
THREE_KINDS = "Copper-Kettle-90-seals"
FIELDS = {"password": THREE_KINDS, "password_again": THREE_KINDS}
HOME = "chen@home.example"


@pytest.fixture
def at_edu(teacher: Person, services: dict[str, MailService], sign_in: SignIn, agree_all: AgreeAll) -> Client:
    cache.clear()
    client = sign_in(teacher)
    agree_all(client, "edu")
    client.post("/mail/edu/name/", {"name": "chenyichun"})
    return client


def test_only_a_service_that_asks_shows_the_fields(at_edu: Client, at_password: Client) -> None:
    assertContains(at_edu.get(PASSWORD), 'name="backup_email"')
    assertContains(at_edu.get(PASSWORD), 'name="backup_email_again"')
    assertNotContains(at_password.get(MX_PASSWORD), "backup_email")


def test_a_service_that_does_not_ask_takes_none(at_password: Client) -> None:
    at_password.post(MX_PASSWORD, GOOD | {"backup_email": HOME, "backup_email_again": HOME})
    assert Application.objects.get().state == "pending"
    assert not ContactAddress.objects.exists()


def test_it_becomes_a_contact_address_to_be_confirmed(at_edu: Client, teacher: Person) -> None:
    at_edu.post(PASSWORD, FIELDS | {"backup_email": "Chen@Home.Example", "backup_email_again": "chen@home.example "})
    assert Application.objects.get().state == "pending"
    contact = ContactAddress.objects.get()
    assert (contact.person, contact.address, contact.verified_at) == (teacher, "Chen@home.example", None)
    letter = Letter.objects.get()
    assert (letter.kind, letter.to, letter.state) == ("contact-confirm", "Chen@home.example", "waiting")


def test_it_may_be_left_empty(at_edu: Client) -> None:
    at_edu.post(PASSWORD, FIELDS | {"backup_email": "", "backup_email_again": ""})
    assert Application.objects.get().state == "pending"
    assert not Letter.objects.exists()


@pytest.mark.parametrize(
    ("first", "again", "field", "sentence"),
    [
        (HOME, "chan@home.example", "backup_email_again", "The two backup addresses are not the same."),
        (HOME, "", "backup_email_again", "The two backup addresses are not the same."),
        ("", HOME, "backup_email_again", "The two backup addresses are not the same."),
        ("chen", "chen", "backup_email", "This is not a mail address."),
        ("chen@home.example\nBcc: x@y.example",) * 2 + ("backup_email", "This is not a mail address."),
        ("ChenYiChun@mail.edu.tw", "ChenYiChun@mail.edu.tw", "backup_email", "This is your own mailbox here."),
    ],
)
def test_what_is_wrong_with_it_is_said_and_nothing_is_sent(
    at_edu: Client, first: str, again: str, field: str, sentence: str
) -> None:
    response = at_edu.post(PASSWORD, FIELDS | {"backup_email": first, "backup_email_again": again})
    assertContains(response, sentence, status_code=422)
    assertContains(response, f'href="#id_{field}"', status_code=422)
    assertNotContains(response, THREE_KINDS, status_code=422)
    assert not Mailbox.objects.exists()
    assert not ContactAddress.objects.exists()


def test_what_was_typed_stays_where_the_password_is_wrong(at_edu: Client) -> None:
    response = at_edu.post(PASSWORD, {"password": "x", "backup_email": HOME, "backup_email_again": HOME})
    assert response.content.decode().count(f'value="{HOME}"') == 2


def test_no_trouble_with_it_costs_the_mailbox(at_edu: Client, teacher: Person, caplog: pytest.LogCaptureFixture) -> None:
    """The form has checked it, and then another window fills the three places."""
    for number in range(3):
        contacts.add(teacher, f"{number}@home.example", now=timezone.now())
    slot = next(slot for slot in shelf.of(teacher) if slot.service.slug == "edu")
    submit(slot, password=THREE_KINDS, backup_email=HOME, now=timezone.now())
    assert Application.objects.get().state == "pending"
    assert Mailbox.objects.get().address == "chenyichun@mail.edu.tw"
    assert ContactAddress.objects.count() == 3
    assert "is left out" in caplog.text
    assert HOME not in caplog.text
