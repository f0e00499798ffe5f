"""Contact addresses: added, and confirmed by a link."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts import contacts
from accounts.contacts import rule, services
from accounts.models import AuditEvent, ContactAddress, Letter, Person
from mailboxes.models import Mailbox, MailService
from tests.conftest import SignIn
from tests.unit.accounts.contacting import CONFIGURE, HOME, OTHER, PAGE, WORK, add, addresses, letters, link_in


@pytest.fixture(autouse=True)
def no_limits_from_before() -> None:
    cache.clear()


# --- what can be one --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Wang.Hsiao-Ming+portal@Gmail.COM ", "Wang.Hsiao-Ming+portal@gmail.com"),
        ("ｗａｎｇ＠ｇｍａｉｌ．ｃｏｍ", "wang@gmail.com"),
        ("o'neil@xn--fiq228c.tw", "o'neil@xn--fiq228c.tw"),
    ],
)
def test_an_address_is_kept_as_mail_servers_write_it(typed: str, kept: str) -> None:
    assert rule.normal(typed) == kept


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("wang", "invalid"),
        ("wang@", "invalid"),
        ("@gmail.com", "invalid"),
        ("wang@gmail", "invalid"),
        ("wang@localhost", "invalid"),
        ("wang@[192.0.2.1]", "invalid"),
        ("wang@192.0.2.1", "invalid"),
        ('"wang ming"@gmail.com', "invalid"),
        ("wang@gmail.com, li@gmail.com", "invalid"),
        ("Wang <wang@gmail.com>", "invalid"),
        ("wang@gmail.com\nBcc: all@campus.example", "invalid"),
        ("wang\r\n@gmail.com", "invalid"),
        ("wang\x00@gmail.com", "invalid"),
        ("wang..ming@gmail.com", "invalid"),
        ("王@gmail.com", "not-ascii"),
        ("wang@中文.tw", "not-ascii"),
        ("w" * 65 + "@gmail.com", "too-long"),
        ("wang@" + "a." * 125 + "tw", "too-long"),
    ],
)
def test_what_is_none_is_refused_with_a_sentence(as_wang: Client, typed: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        rule.normal(typed)
    assert refused.value.code == code
    response = as_wang.post(PAGE, {"address": typed})
    assert response.status_code == 422
    assertContains(response, 'href="#id_address"', status_code=422)
    assert not ContactAddress.objects.exists()
    assert not Letter.objects.exists()


def test_ones_own_mailbox_is_no_contact_address(as_wang: Client, wang: Person, services: dict[str, MailService]) -> None:
    mailbox = Mailbox.objects.create(
        service=services["mx"], person=wang, local_part="hmwang", domain="campus.example", stem="hmwang", stem_number=1
    )
    response = as_wang.post(PAGE, {"address": "HMWang@Campus.Example"})
    assertContains(response, "This is your own mailbox here.", status_code=422)
    Mailbox.objects.filter(pk=mailbox.pk).update(state="cancelled")
    assertRedirects(as_wang.post(PAGE, {"address": "hmwang@campus.example"}), PAGE)


def test_the_same_one_twice_and_a_fourth_are_refused(as_wang: Client, wang: Person) -> None:
    add(wang, HOME)
    assertContains(as_wang.post(PAGE, {"address": HOME.upper()}), "among your contact addresses already", status_code=422)
    add(wang, WORK)
    add(wang, OTHER)
    page = as_wang.get(PAGE)
    assertContains(page, "Three is the most.")
    assertNotContains(page, 'name="address"')
    response = as_wang.post(PAGE, {"address": "fourth@home.example"})
    assertContains(response, "You have three contact addresses, which is the most.", status_code=422)
    assert addresses(wang) == [HOME, WORK, OTHER]


def test_the_database_itself_knows_of_three_and_of_once(wang: Person) -> None:
    add(wang, HOME)
    now = timezone.now()
    for place, address in ((2, HOME.upper()), (1, WORK), (4, WORK), (0, WORK)):
        with pytest.raises(IntegrityError), transaction.atomic():
            ContactAddress.objects.create(person=wang, address=address, place=place, added_at=now, asked_at=now)


def test_two_people_may_have_the_same_one(wang: Person, professor: Person) -> None:
    add(wang, HOME)
    add(professor, HOME)
    assert ContactAddress.objects.count() == 2


# --- confirming -------------------------------------------------------------------------------------------------


def test_it_is_confirmed_by_the_button_behind_the_link(as_wang: Client, wang: Person) -> None:
    assertRedirects(as_wang.post(PAGE, {"address": HOME}), PAGE)
    assertContains(as_wang.get(PAGE), "Not confirmed yet")
    [letter] = letters("contact-confirm", HOME)
    assert letter.language == "en"
    path = link_in(letter)
    assertContains(as_wang.get(path), "Is this your address?")
    assertContains(as_wang.get(path), "The link is good for one day, until")
    assert contacts.confirmed(wang) == []
    assertContains(as_wang.post(path), "The address is confirmed")
    assert contacts.confirmed(wang) == [HOME]
    assertContains(as_wang.get(CONFIGURE), "Confirmed")
    [event] = AuditEvent.objects.filter(verb="contact.confirmed")
    assert (event.person, event.actor, event.details) == (wang, wang, {"contact": HOME})


def test_a_scanner_that_opens_the_link_confirms_nothing(wang: Person, as_wang: Client) -> None:
    add(wang, HOME)
    path = link_in(letters("contact-confirm", HOME)[0])
    stranger = Client()
    for client in (stranger, as_wang):
        client.get(path)
        client.head(path)
    assertRedirects(stranger.post(path), f"/signed-out/?next={path.replace('?', '%3F').replace('=', '%3D')}")
    assert contacts.confirmed(wang) == []


def test_whoever_has_to_sign_in_first_comes_back_to_the_link(wang: Person) -> None:
    add(wang, HOME)
    path = link_in(letters("contact-confirm", HOME)[0])
    client = Client()
    client.get(path, follow=True)
    assert client.cookies["next"].value == path


def test_the_switch_of_languages_keeps_the_link(wang: Person, as_wang: Client) -> None:
    add(wang, HOME)
    path = link_in(letters("contact-confirm", HOME)[0])
    assertContains(as_wang.get(path), f'name="next" value="{path}"')


def test_another_person_confirms_nothing(wang: Person, professor: Person, sign_in: SignIn) -> None:
    add(wang, HOME)
    path = link_in(letters("contact-confirm", HOME)[0])
    client = sign_in(professor)
    for response in (client.get(path), client.post(path)):
        assertContains(response, "This link belongs to somebody else", status_code=403)
        assertNotContains(response, HOME, status_code=403)
    assert contacts.confirmed(wang) == []


def test_after_a_day_the_page_says_so_and_offers_a_new_letter(wang: Person, sign_in: SignIn) -> None:
    contact = add(wang, HOME)
    path = link_in(letters("contact-confirm", HOME)[0])
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        client = sign_in(wang)
        for response in (client.get(path), client.post(path)):
            assertContains(response, "The link has run out", status_code=410)
        assertContains(client.get(PAGE), "The link in the letter has run out.")
        assertRedirects(client.post(f"{PAGE}{contact.pk}/again/"), PAGE)
        assert len(letters("contact-confirm", HOME)) == 2
        assertContains(client.post(link_in(letters("contact-confirm", HOME)[0])), "The address is confirmed")
    assert contacts.confirmed(wang) == [HOME]


def test_the_link_opened_twice_says_that_it_is_done(wang: Person, as_wang: Client) -> None:
    add(wang, HOME)
    path = link_in(letters("contact-confirm", HOME)[0])
    as_wang.post(path)
    assertContains(as_wang.post(path), "The address is confirmed already")
    assertContains(as_wang.get(path), "The address is confirmed already")
    assert len(letters("contact-added", HOME)) == 1


def test_a_link_to_what_was_removed_or_that_is_broken_says_so(wang: Person, as_wang: Client) -> None:
    contact = add(wang, HOME)
    path = link_in(letters("contact-confirm", HOME)[0])
    assertContains(as_wang.get(path[:-3]), "This link is not whole", status_code=404)
    as_wang.post(f"{PAGE}{contact.pk}/remove/")
    assertContains(as_wang.post(path), "This address has been removed", status_code=410)


def test_nobody_can_be_flooded_with_letters(wang: Person, professor: Person, as_wang: Client, sign_in: SignIn) -> None:
    contact = add(wang, HOME)
    for _ in range(services.LETTERS_A_DAY_TO_ONE - 1):
        assertRedirects(as_wang.post(f"{PAGE}{contact.pk}/again/"), PAGE)
    assertContains(as_wang.post(f"{PAGE}{contact.pk}/again/"), "No more letters today", status_code=429)
    response = sign_in(professor).post(PAGE, {"address": HOME})
    assertContains(response, "So many letters have been asked for today", status_code=422)
    assert len(letters("contact-confirm", HOME)) == services.LETTERS_A_DAY_TO_ONE
    cache.clear()
    for number in range(services.LETTERS_A_DAY):
        made = add(professor, f"{number}@home.example")
        services.remove(made, now=timezone.now(), visitor="192.0.2.10")
    with pytest.raises(ValidationError, match="So many letters"):
        add(professor, "one.more@home.example")


@pytest.mark.django_db(transaction=True)
def test_a_page_asks_the_database_seldom(as_wang: Client, wang: Person) -> None:
    for address in (HOME, WORK, OTHER):
        add(wang, address, is_confirmed=True)
    with connection.execute_wrapper(lambda execute, sql, *rest: asked.append(sql) or execute(sql, *rest)):  # type: ignore[func-returns-value]
        asked: list[str] = []
        as_wang.get(CONFIGURE)
    assert len(asked) <= 6
