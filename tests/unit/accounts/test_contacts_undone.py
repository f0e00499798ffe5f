"""Contact addresses removed and changed: who is told, and what is undone from an old one for three days."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertRedirects

from accounts import contacts
from accounts.contacts import services
from accounts.letters import links, rendering
from accounts.models import AuditEvent, ContactAddress, Letter, Person
from portal.tasks import housekeeping
from tests.conftest import SignIn
from tests.unit.accounts.contacting import HOME, OTHER, PAGE, WORK, add, addresses, letters, link_in


@pytest.fixture(autouse=True)
def no_limits_from_before() -> None:
    cache.clear()


# --- removing, and being told -----------------------------------------------------------------------------------


def test_removing_asks_once_and_is_ones_own_alone(wang: Person, professor: Person, as_wang: Client, sign_in: SignIn) -> None:
    contact = add(wang, HOME, is_confirmed=True)
    other = sign_in(professor)
    for method in (other.get, other.post):
        assertRedirects(method(f"{PAGE}{contact.pk}/remove/"), PAGE)
    assert other.post(f"{PAGE}{contact.pk}/again/").status_code == 404
    assertContains(as_wang.get(f"{PAGE}{contact.pk}/remove/"), "Remove this contact address?")
    assert addresses(wang) == [HOME]
    assertRedirects(as_wang.post(f"{PAGE}{contact.pk}/remove/"), PAGE)
    assert addresses(wang) == []
    assertRedirects(as_wang.post(f"{PAGE}{contact.pk}/remove/"), PAGE)
    assert AuditEvent.objects.filter(verb="contact.removed").count() == 1


def test_what_was_never_confirmed_goes_without_a_letter(wang: Person) -> None:
    contact = add(wang, HOME)
    services.remove(contact, now=timezone.now(), visitor="192.0.2.10")
    assert list(Letter.objects.values_list("kind", flat=True)) == ["contact-confirm"]


def test_a_new_one_is_told_to_the_old_and_the_new_and_only_the_old_can_undo_it(wang: Person) -> None:
    add(wang, HOME, is_confirmed=True)
    add(wang, OTHER)
    add(wang, WORK, is_confirmed=True)
    [to_old], [to_new] = letters("contact-added", HOME)[:1], letters("contact-added", WORK)
    assert letters("contact-added", OTHER) == []
    assert WORK in rendering.message(to_old).as_bytes().decode()
    assert "link=" not in rendering.message(to_new).as_string()
    client = Client(headers={"accept-language": "en"})  # nobody has to sign in
    path = link_in(to_old)
    assertContains(client.get(path), "Take this contact address away again?")
    assert contacts.confirmed(wang) == [HOME, WORK]
    assertContains(client.post(path), "The change is undone")
    assert contacts.confirmed(wang) == [HOME]
    assertContains(client.post(path), "There is nothing to undo any more")
    assert [letter.to for letter in Letter.objects.filter(kind="contact-undone").order_by("pk")] == [HOME, WORK]
    assert AuditEvent.objects.get(verb="contact.taken-back").actor is None


def test_one_that_was_removed_can_be_brought_back_by_itself(wang: Person) -> None:
    contact = add(wang, HOME, is_confirmed=True)
    add(wang, WORK, is_confirmed=True)
    services.remove(contact, now=timezone.now(), visitor="192.0.2.10")
    assert contacts.confirmed(wang) == [WORK]
    assert len(letters("contact-removed", WORK)) == 1
    client, path = Client(headers={"accept-language": "en"}), link_in(letters("contact-removed", HOME)[0])
    assertContains(client.get(path), "Bring this contact address back?")
    assertContains(client.post(path), "The change is undone")
    assert contacts.confirmed(wang) == [HOME, WORK]
    assertContains(client.post(path), "There is nothing to undo any more")


def test_a_thief_cannot_keep_the_old_one_out_by_filling_its_place(wang: Person) -> None:
    contact = add(wang, HOME, is_confirmed=True)
    services.remove(contact, now=timezone.now(), visitor="192.0.2.66")
    for number in range(3):
        add(wang, f"thief{number}@thief.example", is_confirmed=True)
    Client().post(link_in(letters("contact-removed", HOME)[0]))
    assert contacts.confirmed(wang) == [HOME]


@pytest.mark.parametrize("kind", ["contact-added", "contact-removed"])
def test_after_three_days_nothing_is_undone(wang: Person, kind: str) -> None:
    add(wang, HOME, is_confirmed=True)
    contact = add(wang, WORK, is_confirmed=True)
    if kind == "contact-removed":
        services.remove(contact, now=timezone.now(), visitor="192.0.2.10")
    before = contacts.confirmed(wang)
    path = link_in(letters(kind, HOME)[0])
    client = Client(headers={"accept-language": "en"})
    with time_machine.travel(timezone.now() + timedelta(days=3, minutes=1)):
        for response in (client.get(path), client.post(path)):
            assertContains(response, "This link opens nothing any more", status_code=410)
        housekeeping()
        assertContains(client.post(path), "This link opens nothing any more", status_code=410)
    assert contacts.confirmed(wang) == before
    assert ContactAddress.objects.count() == len(before)


def test_a_token_of_one_purpose_opens_no_other(wang: Person) -> None:
    contact = add(wang, HOME, is_confirmed=True)
    token = links.token("contact-confirm", contact.pk)
    for page in ("undo-added", "undo-removed"):
        assert Client().post(f"{PAGE}{page}/?link={token}").status_code == 410
    assert contacts.confirmed(wang) == [HOME]
