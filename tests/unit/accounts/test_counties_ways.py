"""Second ways in: shown under Configure, and taken away again, but never the one in use or the last one."""

import re
from dataclasses import replace

import pytest
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import Settings
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.counties import entering, ways
from accounts.counties.registry import CLAIMS, County
from accounts.letters import rendering
from accounts.models import AuditEvent, Letter, Person
from accounts.sessions import SessionStore
from mailboxes.models import Mailbox, MailService
from tests.conftest import MakePerson, SignIn
from tests.unit.accounts.contacting import HOME, add

KEELUNG = County(
    code="kl", on=True, position=1, name_zh="基隆市", name_en="Keelung City", suffix="kl", issuer="https://kl.sso.edu.tw"
)
TAIPEI = replace(KEELUNG, code="tp", position=2, name_zh="臺北市", name_en="Taipei City", issuer="https://tp.sso.edu.tw")


@pytest.fixture(autouse=True)
def counties(settings: Settings) -> None:
    settings.COUNTIES = (KEELUNG, TAIPEI)


def link(person: Person, code: str = "kl", account: str = "aa1234") -> str:
    """The address of the page that asks whether it is to go."""
    way = SocialAccount.objects.create(user=person, provider=f"county:{code}", uid=account)
    return f"/configure/county/{way.pk}/"


def came_by(client: Client, way: str) -> Client:
    session = client.session
    session["way"] = way
    session.save()
    return client


def test_a_linked_account_goes_after_a_question(wang: Person, sign_in: SignIn) -> None:
    Person.objects.update(guid="6f1c-0001", school_code="173601", roles=["教師"])
    page, client = link(wang), sign_in(wang)
    assertContains(client.get("/configure/"), f'<a href="{page}">')
    assertContains(client.get(page), "The account of <strong>Keelung City</strong>, linked on")
    assert SocialAccount.objects.exists()
    assertRedirects(client.post(page), "/configure/")
    assert not SocialAccount.objects.exists()
    assertNotContains(client.get("/configure/"), "Keelung")
    event = AuditEvent.objects.get()
    assert (event.verb, event.person, event.actor) == ("county.unlinked", wang, wang)
    assert (event.address, event.details) == ("127.0.0.1", {"source": "county:kl"})
    wang.refresh_from_db()
    assert (wang.name, wang.guid, wang.school_code, wang.roles) == ("王小明", "", "", [])


def test_a_second_click_finds_nothing_to_remove(wang: Person, sign_in: SignIn) -> None:
    page, client = link(wang), sign_in(wang)
    client.post(page)
    assert client.post(page).status_code == 404
    assert AuditEvent.objects.count() == 1


def test_what_another_county_said_stays_with_its_account(wang: Person, sign_in: SignIn) -> None:
    Person.objects.update(guid="6f1c-0001")
    page = link(wang)
    link(wang, "tp")
    sign_in(wang).post(page)
    assert Person.objects.get(pk=wang.pk).guid == "6f1c-0001"


def test_the_way_that_one_has_come_in_by_stays(wang: Person, sign_in: SignIn) -> None:
    page, other = link(wang), link(wang, "kl", "bb5678")
    client = came_by(sign_in(wang), "county:kl:aa1234")
    listed = client.get("/configure/").content.decode()
    assert re.findall(r'href="(/configure/county/\d+/)"', listed) == [other]
    assert "You have come in by this account." in listed
    for response in (client.get(page), client.post(page)):
        assertContains(response, "You have come in by this account.", status_code=409)
        assertNotContains(response, 'button class="button danger"', status_code=409)
    assert client.post(other).status_code == 302
    assert SocialAccount.objects.get().uid == "aa1234"


@pytest.mark.parametrize("source", ["county:kl", "county:gone"])
def test_the_last_way_in_stays(
    source: str, make_person: MakePerson, sign_in: SignIn, settings: Settings, services: dict[str, MailService]
) -> None:
    """Somebody whose own county is switched off, or has gone from the file."""
    settings.COUNTIES = (replace(KEELUNG, on=False), TAIPEI)
    person = make_person("aa1234", source=source)
    name = {"local_part": "aa1234.kl", "domain": "mail.edu.tw", "stem": "aakl", "stem_number": 1234}
    Mailbox.objects.create(service=services["mx"], person=person, state="active", active_at=timezone.now(), **name)
    page, client = link(person, "tp"), came_by(sign_in(person), "mailbox:aa1234.kl@mail.edu.tw")
    assertContains(client.get("/configure/"), "the only way in that you have")
    assertContains(client.post(page), "the only way in that you have", status_code=409)
    assert SocialAccount.objects.exists()
    assert not AuditEvent.objects.exists()
    if source == "county:kl":
        settings.COUNTIES = (KEELUNG, TAIPEI)
        assert client.post(page).status_code == 302


def test_one_of_a_county_that_is_switched_off_can_go(wang: Person, sign_in: SignIn, settings: Settings) -> None:
    settings.COUNTIES = (replace(KEELUNG, on=False),)
    page, client = link(wang), sign_in(wang)
    assertContains(client.get("/configure/"), f'<a href="{page}">')
    assertNotContains(client.get("/configure/"), "Link a county account")
    assert client.post(page).status_code == 302


def test_nobody_removes_what_is_another_persons(wang: Person, professor: Person, sign_in: SignIn) -> None:
    page = link(wang)
    for response in (sign_in(professor).get(page), sign_in(professor).post(page)):
        assert response.status_code == 404
    assert SocialAccount.objects.exists()


def test_no_other_site_removes_anything(wang: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(wang, backend="accounts.backends.PersonBackend")
    assert client.post(link(wang)).status_code == 403
    assert SocialAccount.objects.exists()


def test_of_the_last_two_only_one_goes(make_person: MakePerson, settings: Settings) -> None:
    settings.COUNTIES = (KEELUNG, TAIPEI)
    person = make_person("aa1234", source="county:gone")
    link(person), link(person, "tp")
    for way in ways.of(person, ""):
        try:
            ways.remove(person, way.pk, current="", address="")
        except ways.Kept:
            assert way.name in ("Taipei City", "臺北市")
    assert SocialAccount.objects.get().provider == "county:tp"


# --- it is a lasting way in: nobody gets one in silence, or by a password alone --------------------------------------------


@pytest.fixture
def reachable(wang: Person, services: dict[str, MailService]) -> list[str]:
    """Where letters to 王小明 go."""
    name = {"local_part": "hmwang", "domain": "mx.nthu.edu.tw", "stem": "hmwang", "stem_number": 1}
    Mailbox.objects.create(service=services["mx"], person=wang, state="active", active_at=timezone.now(), **name)
    add(wang, HOME, is_confirmed=True)
    Letter.objects.all().delete()
    return ["hmwang@mx.nthu.edu.tw", HOME]


def told() -> list[tuple[str, str]]:
    return [(letter.kind, letter.to) for letter in Letter.objects.order_by("pk")]


def arrive(wang: Person) -> None:
    request = RequestFactory().get("/counties/kl/callback/", REMOTE_ADDR="192.0.2.1")
    entering.link(request, wang, replace(KEELUNG, claims=CLAIMS), "aa1234", {"name": "陳老師"})


def enter(account: str) -> Client:
    """The browser of whoever has signed in with it."""
    request = RequestFactory().get("/counties/kl/callback/", REMOTE_ADDR="192.0.2.1")
    request.session = SessionStore()
    entering.enter(request, replace(KEELUNG, claims=CLAIMS), account, {"name": "陳老師"})
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = str(request.session.session_key)
    return client


def test_the_owner_is_told_of_a_linked_account_once_wherever_they_can_be_reached(wang: Person, reachable: list[str]) -> None:
    arrive(wang)
    arrive(wang)
    assert told() == [("county-linked", to) for to in reachable]
    for language, words in (("en", "An account of Keelung City was linked with yours"), ("zh-hant", "基隆市")):
        Person.objects.update(language=language)
        Letter.objects.all().delete()
        SocialAccount.objects.all().delete()
        arrive(Person.objects.get())
        message = rendering.message(Letter.objects.all()[0])
        assert words in str(message.get_body(("plain",)).get_content())  # type: ignore[union-attr]
        assert "/configure/" in str(message.get_body(("html",)).get_content())  # type: ignore[union-attr]


def test_the_owner_is_told_of_a_removed_account(wang: Person, sign_in: SignIn, reachable: list[str]) -> None:
    sign_in(wang).post(link(wang))
    assert told() == [("county-unlinked", to) for to in reachable]


def test_a_mailboxs_password_links_nothing(wang: Person, sign_in: SignIn, reachable: list[str]) -> None:
    client = came_by(sign_in(wang), f"mailbox:{reachable[0]}")
    for response in (client.get("/configure/county/"), client.post("/configure/county/", {"county": "kl"})):
        assertContains(response, "You have come in with the password of a mailbox", status_code=403)
        assertNotContains(response, "kl.sso.edu.tw", status_code=403)
    assert "socialaccount_states" not in client.session


def test_who_came_by_an_account_goes_with_it(wang: Person, sign_in: SignIn) -> None:
    page = link(wang, "kl", "aa:1234")
    thief, owner = enter("aa:1234"), sign_in(wang)
    assert thief.get("/configure/").status_code == 200
    owner.post(page)
    assert thief.get("/configure/")["Location"].startswith("/signed-out/")
    assert "_auth_user_id" not in thief.session
    assert owner.get("/configure/").status_code == 200


def test_ones_own_county_is_no_linked_account(make_person: MakePerson) -> None:
    make_person("aa1234", source="county:kl")
    assert enter("aa1234").get("/configure/").status_code == 200
