import re
from pathlib import Path

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.models import Person
from accounts.paths import own_path
from mailboxes.models import MailService
from tests.conftest import SignIn

ENGLISH = {"accept-language": "en-GB,en;q=0.8"}
CHINESE = {"accept-language": "zh-TW,zh;q=0.9"}


# --- languages --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("zh-TW,zh;q=0.9,en;q=0.5", "zh-Hant"), ("en-US", "en"), ("de-DE", "zh-Hant"), ("zh-CN", "zh-Hant"), ("", "zh-Hant")],
)
def test_the_browser_chooses_the_language(client: Client, db: None, accepted: str, language: str) -> None:
    assertContains(client.get("/signed-out/", headers={"accept-language": accepted}), f'<html lang="{language}">')


def test_the_switch_keeps_the_page_and_is_remembered_for_the_person(
    wang: Person, services: dict[str, MailService], sign_in: SignIn
) -> None:
    client = sign_in(wang)
    assertRedirects(client.post("/language/", {"language": "zh-hant", "next": "/configure/"}), "/configure/")
    assertContains(client.get("/configure/"), "個人資料設定")
    assert Person.objects.get(pk=wang.pk).language == "zh-hant"


@pytest.mark.parametrize("wanted", ["", "klingon", "en; path=/"])
def test_an_unknown_language_changes_nothing(client: Client, db: None, wanted: str) -> None:
    response = client.post("/language/", {"language": wanted, "next": "/help/"})
    assertRedirects(response, "/help/")
    assert "django_language" not in response.cookies


# --- paths ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/mail/mx/name/", "/configure/", "/help/?x=1"])
def test_a_page_of_this_site_may_be_gone_to(path: str) -> None:
    assert own_path(path) == path


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/mail/mx/forwarding/add/", "/mail/mx/forwarding/"),
        ("/mail/mx/forwarding/3/again/", "/mail/mx/forwarding/"),
        ("/mail/mx/hold/?x=1", "/mail/mx/"),
        ("/mail/mx/close/take-back/", "/mail/mx/close/"),
        ("/applications/A-7QK2MX4T/answer/", "/applications/A-7QK2MX4T/"),
        ("/configure/contacts/3/again/", "/configure/contacts/"),
    ],
)
def test_an_address_that_takes_forms_alone_leads_to_its_page(
    path: str, page: str, as_wang: Client, services: dict[str, MailService]
) -> None:
    """The switch of languages on its page with errors, and a sign-in after the session's end, led to an empty page."""
    assert own_path(path) == page
    assert as_wang.post("/language/", {"language": "en", "next": path})["Location"] == page
    opened = as_wang.get(path)
    assertContains(opened, f'<a class="button" href="{page}">To the page with the form</a>', status_code=405, html=True)
    assert opened["Allow"] == "POST"


def test_no_view_takes_forms_alone_without_saying_so() -> None:
    """Django's own decorator says nothing that a path could be asked for."""
    for file in [*Path("accounts").rglob("*views*.py"), *Path("mailboxes").rglob("views/*.py")]:
        assert not re.search(r"decorators.http import .*require_POST", file.read_text()), file


@pytest.mark.parametrize(
    "path",
    [
        "",
        "//evil.example/",
        "/\\evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/admin/",
        "/sso/handoff/",
        "/no/such/page/",
        "/mail/mx/name/\r\nSet-Cookie: a=b",
        "/\t/evil.example",
        "/" + "x" * 600,
        "/郵件/",
    ],
)
def test_nothing_else_may_be_gone_to(path: str) -> None:
    assert own_path(path) is None


# --- coming and going -------------------------------------------------------------------------------------------


def test_a_session_that_ended_comes_back_to_the_same_step(
    wang: Person, services: dict[str, MailService], sign_in: SignIn, client: Client
) -> None:
    page = client.get("/mail/mx/apply/", headers=ENGLISH, follow=True)
    assertContains(page, "you come back to the same step")
    client.force_login(wang, backend="accounts.backends.PersonBackend")
    assertRedirects(client.get("/"), "/mail/mx/apply/", target_status_code=302)
    assert client.get("/").status_code == 200


def test_a_forged_place_to_come_back_to_is_forgotten(client: Client, db: None) -> None:
    response = client.get("/signed-out/", {"next": "//evil.example/"}, headers=ENGLISH)
    assert "next" not in response.cookies


def test_a_forged_cookie_leads_nowhere(as_wang: Client) -> None:
    as_wang.cookies["next"] = "https://evil.example/"
    assert as_wang.get("/").status_code == 200


def test_log_out_ends_the_session(as_wang: Client) -> None:
    assertRedirects(as_wang.post("/log-out/"), "/logged-out/")
    assertRedirects(as_wang.get("/"), "/signed-out/?next=/")


def test_a_link_cannot_log_anybody_out(as_wang: Client) -> None:
    assert as_wang.get("/log-out/").status_code == 405
    assert as_wang.get("/").status_code == 200


def test_switch_user_leads_to_the_campus(as_wang: Client) -> None:
    assertContains(as_wang.get("/switch-user/"), "You are signed in as 王小明 (z99999)")
    response = as_wang.post("/log-out/", {"then": "switch"})
    assert response.headers["Location"] == "http://127.0.0.1:8001/"
    assertRedirects(as_wang.get("/"), "/signed-out/?next=/")


@pytest.mark.parametrize("page", ["help", "contact", "accessibility", "privacy", "logged-out", "signed-out"])
def test_the_pages_for_everybody_need_no_session(client: Client, db: None, page: str) -> None:
    for headers in (ENGLISH, CHINESE):
        assertContains(client.get(f"/{page}/", headers=headers), "<h1>")


# --- home -------------------------------------------------------------------------------------------------------


def test_home_shows_the_data_as_the_campus_sent_them(as_wang: Client) -> None:
    page = as_wang.get("/")
    for text in ("z99999", "王小明", "WANG,HSIAO-MING", "一般", "in service", "Personnel Office"):
        assertContains(page, text)


def test_home_says_what_the_condition_allows(as_wang: Client, stranger: Person, sign_in: SignIn) -> None:
    assertContains(as_wang.get("/"), "You may apply", count=2)
    assertContains(sign_in(stranger).get("/"), "Not for your condition", count=2)


# --- administrators ---------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def no_attempts_yet() -> None:
    cache.clear()


@pytest.fixture
def admin(db: None) -> Person:
    return Person.objects.create_superuser("admin", "a-long-enough-passphrase")


def test_an_administrator_signs_in_with_a_password(client: Client, admin: Person) -> None:
    response = client.post(
        "/staff/sign-in/?next=/admin/", {"login": "admin", "password": "a-long-enough-passphrase", "next": "/admin/"}
    )
    assertRedirects(response, "/admin/", fetch_redirect_response=False)


@pytest.mark.thorough
def test_guessing_an_administrators_password_is_stopped(client: Client, admin: Person) -> None:
    for _ in range(12):
        page = client.post("/staff/sign-in/", {"login": "admin", "password": "wrong"}, headers=ENGLISH)
    assertContains(page, "Too many failed login attempts")
    page = client.post("/staff/sign-in/", {"login": "admin", "password": "a-long-enough-passphrase"}, headers=ENGLISH)
    assertContains(page, "Too many failed login attempts")


@pytest.mark.thorough
def test_attempts_are_counted_for_the_visitor_and_not_for_the_proxy(client: Client, db: None, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = ["127.0.0.1"]

    def attempt(number: int, address: str) -> HttpResponse:
        form = {"login": f"name-{number}", "password": "wrong"}
        return client.post("/staff/sign-in/", form, headers=ENGLISH | {"x-forwarded-for": address})

    for number in range(11):
        page = attempt(number, "192.0.2.66")
    assertContains(page, "Too many failed login attempts")
    assertNotContains(attempt(12, "192.0.2.7"), "Too many failed login attempts")


@pytest.mark.thorough
def test_another_port_in_the_host_header_is_no_new_count(client: Client, db: None) -> None:
    for number in range(6):
        form = {"login": "chief", "password": "wrong"}
        page = client.post("/staff/sign-in/", form, headers=ENGLISH, HTTP_HOST=f"testserver:{8000 + number}")
    assertContains(page, "Too many failed login attempts")


def test_nobody_can_make_an_administrators_account(client: Client, db: None) -> None:
    data = {"username": "mallory", "password1": "a-long-enough-passphrase"}
    assertContains(client.post("/staff/sign-up/", data, headers=ENGLISH), "Nobody makes such an account here")
    assert not Person.objects.exists()


def test_the_administration_leads_to_the_administrators_sign_in(client: Client, db: None) -> None:
    page = client.get("/admin/accounts/person/", headers=ENGLISH, follow=True)
    assertRedirects(page, "/staff/sign-in/?next=/admin/accounts/person/")
    assertContains(page, "Administrators’ sign-in")


def test_the_administration_is_closed_to_everybody_else(as_wang: Client) -> None:
    for page in ("/admin/", "/admin/accounts/person/"):
        assertContains(as_wang.get(page, follow=True), "You may not see this page", status_code=403)
