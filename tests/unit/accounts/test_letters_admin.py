from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from accounts import audit, letters
from accounts.models import AuditEvent, Letter, Person

pytestmark = pytest.mark.thorough

LIST = "/admin/accounts/letter/"


@pytest.fixture
def as_admin(client: Client, db: None) -> Client:
    admin = Person.objects.create_superuser("admin", "a-long-enough-passphrase")
    client.force_login(admin, backend="accounts.backends.PersonBackend")
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def three(wang: Person) -> list[Letter]:
    """One that waits, one that was sent, and one that was refused."""
    made = [letters.post("contact-added", to=f"{n}@home.example", person=wang, address="x@y.example") for n in range(3)]
    Letter.objects.filter(pk=made[1].pk).update(state="sent", sent_at=timezone.now())
    Letter.objects.filter(pk=made[2].pk).update(state="failed", last_error="550 5.1.1 User unknown")
    return made


def test_the_list_shows_what_became_of_each_and_finds_it(as_admin: Client, three: list[Letter]) -> None:
    assertContains(as_admin.get(LIST), "550 5.1.1 User unknown")
    assertNotContains(as_admin.get(f"{LIST}?state__exact=sent"), "550 5.1.1")
    assertContains(as_admin.get(f"{LIST}?q=2@home.example"), "550 5.1.1 User unknown")
    assertNotContains(as_admin.get(f"{LIST}?q=0@home.example"), "550 5.1.1 User unknown")


def test_what_was_sent_or_given_up_can_be_sent_again(as_admin: Client, three: list[Letter]) -> None:
    chosen = {"action": "send_again", "_selected_action": [letter.pk for letter in three]}
    response = as_admin.post(LIST, chosen, follow=True)
    assertContains(response, "Sent again: 2.")
    assertContains(response, "Left as they are: 1. This letter still waits")
    again = Letter.objects.filter(state="waiting").exclude(pk=three[0].pk).order_by("pk")
    assert [letter.to for letter in again] == ["2@home.example", "1@home.example"]
    assert all(letter.context == {"address": "x@y.example"} for letter in again)
    assert AuditEvent.objects.filter(verb="letter.sent-again").count() == 2
    three[2].refresh_from_db()
    assert three[2].state == "failed"  # its own row stays as it was
    assertContains(as_admin.post(LIST, chosen, follow=True), "Left as they are: 2. This letter was sent again")
    assert AuditEvent.objects.filter(verb="letter.sent-again").count() == 2


def test_not_all_letters_at_once(as_admin: Client, three: list[Letter], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.admin.MOST_AGAIN", 2)
    chosen = {"action": "send_again", "_selected_action": [letter.pk for letter in three]}
    assertContains(as_admin.post(LIST, chosen, follow=True), "No more than 2 letters")
    assert Letter.objects.count() == 3


def test_no_dead_link_and_nothing_to_a_removed_address(as_admin: Client, wang: Person, three: list[Letter]) -> None:
    audit.record("contact.removed", person=wang, actor=wang, contact="2@home.example")
    Letter.objects.filter(pk=three[1].pk).update(kind="contact-confirm", created_at=timezone.now() - timedelta(days=2))
    chosen = {"action": "send_again", "_selected_action": [three[1].pk, three[2].pk]}
    page = as_admin.post(LIST, chosen, follow=True)
    assertContains(page, "The link in this letter has run out")
    assertContains(page, "has removed the address")
    assert Letter.objects.count() == 3
    Letter.objects.filter(pk=three[2].pk).update(kind="contact-removed")
    assertContains(as_admin.post(LIST, chosen, follow=True), "Sent again: 1.")


def test_whoever_may_only_look_sends_nothing(client: Client, three: list[Letter]) -> None:
    helper = Person.objects.create(source="local", subject="helper", username="helper", is_staff=True)
    helper.user_permissions.add(Permission.objects.get(codename="view_letter"))
    client.force_login(helper, backend="accounts.backends.PersonBackend")
    client.post(LIST, {"action": "send_again", "_selected_action": [three[2].pk]})
    assert Letter.objects.count() == 3
