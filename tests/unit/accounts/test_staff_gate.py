"""The gate before the administration: the second factor, its life, the networks, and what is written down of it."""

import time
from datetime import timedelta
from ipaddress import ip_network

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from pytest_django.asserts import assertContains, assertRedirects

from accounts.models import AuditEvent, Person
from accounts.staff import events, factors, gate
from demo.staff import code
from tests.conftest import MakePerson
from tests.unit.accounts.test_rights import ALL

KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PASSWORD = "a-long-enough-passphrase"
NOW = "2026-11-22T04:00:10+00:00"
ENGLISH = {"accept-language": "en"}
AWAY = ("/admin/login/", "/staff/sign-in/", "/signed-out/")
SECOND, FACTORS, APP = "/staff/sign-in/second-step/", "/staff/factors/", "/staff/factors/app/"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_tries_yet() -> None:
    cache.clear()


@pytest.fixture
def visitor() -> Client:
    """Django's own browser: nothing in it makes the second step easier."""
    return Client(headers=ENGLISH)


@pytest.fixture
def admin(db: None) -> Person:
    return Person.objects.create_superuser("admin", PASSWORD)


@pytest.fixture
def with_app(admin: Person) -> Person:
    TOTP.activate(admin, KEY)
    return admin


def give_password(browser: Client, password: str = PASSWORD, **more: str) -> HttpResponse:
    form = {"login": "admin", "password": password, "next": "/admin/"}
    return browser.post("/staff/sign-in/", form, **more)  # type: ignore[return-value, arg-type]


def give_code(browser: Client, digits: str | None = None) -> HttpResponse:
    return browser.post(SECOND, {"code": digits or code(KEY, time.time())})  # type: ignore[return-value]


def verbs() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))


# --- the second step -----------------------------------------------------------------------------------------------


def test_name_password_and_code_open_the_administration(visitor: Client, with_app: Person) -> None:
    assertRedirects(give_password(visitor), SECOND)
    assertRedirects(visitor.get("/admin/"), "/admin/login/?next=/admin/", fetch_redirect_response=False)
    assertRedirects(give_code(visitor), "/admin/")
    event = AuditEvent.objects.get()
    assert (event.verb, event.actor, event.address) == ("staff.signed-in", with_app, "127.0.0.1")
    assert event.details == {"factor": "totp"}


def test_a_wrong_code_opens_nothing_and_is_written_down(visitor: Client, with_app: Person) -> None:
    give_password(visitor)
    assertContains(give_code(visitor, "000000"), "Take the next code")
    assert "_auth_user_id" not in visitor.session
    event = AuditEvent.objects.get()
    assert (event.verb, event.person, event.actor) == ("staff.sign-in-failed", with_app, None)
    assert event.details == {"step": "code"}


def test_a_code_is_good_once_as_long_as_it_would_be_taken(with_app: Person) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        digits = code(KEY, time.time())
        for second, opens in ((0, True), (35, False)):
            clock.move_to(NOW)
            clock.shift(timedelta(seconds=second))
            browser = Client(headers=ENGLISH)
            give_password(browser)
            assert ("Take the next code" not in give_code(browser, digits).text) == opens


@pytest.mark.parametrize(("seconds", "opens"), [(-30, True), (30, True), (-90, False), (90, False)])
def test_clocks_may_differ_by_half_a_minute(seconds: int, opens: bool, visitor: Client, with_app: Person) -> None:
    give_password(visitor)
    assert (give_code(visitor, code(KEY, time.time() + seconds)).status_code == 302) == opens


def test_guessing_codes_is_stopped(visitor: Client, with_app: Person) -> None:
    give_password(visitor)
    for _ in range(5):
        assertContains(give_code(visitor, "000000"), "Take the next code")
    assertContains(give_code(visitor), "Too many failed login attempts")
    assert "_auth_user_id" not in visitor.session


def test_a_recovery_code_is_good_once_in_place_of_a_code(with_app: Person) -> None:
    codes = RecoveryCodes.activate(with_app).generate_codes()
    for opens in (True, False):
        browser = Client(headers=ENGLISH)
        give_password(browser)
        assert (give_code(browser, codes[3]).status_code == 302) == opens
    assert AuditEvent.objects.filter(verb="staff.signed-in").get().details == {"factor": "recovery_codes"}


# --- the first factor ------------------------------------------------------------------------------------------------


def test_whoever_has_no_factor_sets_one_up_before_anything_else_opens(visitor: Client, admin: Person) -> None:
    page = visitor.post("/staff/sign-in/", {"login": "admin", "password": PASSWORD, "next": "/admin/"}, follow=True)
    assertContains(page, "Set one up first")
    assert page.redirect_chain[-1][0] == FACTORS  # type: ignore[attr-defined]
    page = visitor.get(APP)
    answer = visitor.post(APP, {"code": code(page.context["form"].secret, time.time())}, follow=True)
    assertContains(answer, "Write them down now")
    assert len(answer.context["unused_codes"]) == 10
    assert visitor.get("/admin/").status_code == 200
    event = AuditEvent.objects.get(verb="staff.factors-changed")
    assert (event.person, event.actor, event.details["before"]) == (admin, admin, [])
    assert [name.split()[0] for name in event.details["after"]] == ["totp", "recovery_codes"]


def test_recovery_codes_are_shown_once(visitor: Client, admin: Person) -> None:
    give_password(visitor)
    secret = visitor.get(APP).context["form"].secret
    shown = visitor.post(APP, {"code": code(secret, time.time())}, follow=True)
    again = visitor.get("/staff/factors/codes/")
    assertContains(again, "They were shown when they were made")
    assert not any(one in again.text for one in shown.context["unused_codes"])


def test_a_session_of_the_password_alone_cannot_add_a_factor_to_an_account_that_has_one(
    visitor: Client, admin: Person
) -> None:
    give_password(visitor)
    TOTP.activate(admin, KEY)  # meanwhile, elsewhere
    for place in (FACTORS, APP, "/staff/factors/keys/add/", "/staff/factors/codes/"):
        give_password(visitor)
        visitor.force_login(admin, backend="accounts.backends.PersonBackend")
        assertRedirects(visitor.post(place), "/staff/sign-in/", fetch_redirect_response=False)
        assert "_auth_user_id" not in visitor.session


@pytest.mark.thorough
def test_every_page_of_the_administration_asks_for_the_factor(visitor: Client, with_app: Person) -> None:
    """With the password alone, and with no account at all."""
    for signed_in in (True, False):
        for name, path in (page for page in ALL if page[0] != "logout"):
            if signed_in:
                visitor.force_login(with_app, backend="accounts.backends.PersonBackend")
            for method in ("GET", "POST"):
                answer = visitor.generic(method, path)
                assert answer.status_code == 302, f"{method} {path}: {answer.status_code}"
                assert answer["Location"].startswith(AWAY), f"{name}: {answer['Location']}"


def test_a_factor_that_is_taken_away_closes_the_administration(visitor: Client, with_app: Person) -> None:
    give_password(visitor)
    give_code(visitor)
    visitor.post("/staff/factors/app/remove/")
    assert factors.of(with_app) == []
    assertRedirects(visitor.get("/admin/", follow=True), FACTORS)
    assert verbs()[-1] == "staff.factors-changed"


def test_factors_are_changed_after_the_factor_only(visitor: Client, with_app: Person) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        give_password(visitor)
        give_code(visitor)
        clock.shift(timedelta(minutes=6))
        assertRedirects(visitor.get("/staff/factors/app/remove/"), "/staff/factors/again/?next=/staff/factors/app/remove/")
        answer = visitor.post("/staff/factors/again/?next=/staff/factors/app/remove/", {"code": code(KEY, time.time())})
        assertRedirects(answer, "/staff/factors/app/remove/")


# --- what the database holds ------------------------------------------------------------------------------------------


def test_a_dump_of_the_database_holds_no_key_and_no_recovery_code(with_app: Person) -> None:
    codes = RecoveryCodes.activate(with_app).generate_codes()
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert KEY not in kept
    assert not any(one in kept for one in codes)
    assert "gAAAA" in kept  # what Fernet writes


def test_with_another_secret_key_no_code_fits_and_no_page_breaks(
    visitor: Client, with_app: Person, settings: Settings
) -> None:
    RecoveryCodes.activate(with_app)
    settings.SECRET_KEY = "another-" + "k" * 50
    give_password(visitor)
    assertContains(give_code(visitor), "Take the next code")


def test_a_former_secret_key_still_reads_the_factors(visitor: Client, with_app: Person, settings: Settings) -> None:
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-" + "k" * 50
    give_password(visitor)
    assertRedirects(give_code(visitor), "/admin/")


# --- how long, and from where -----------------------------------------------------------------------------------------


def test_a_session_ends_after_an_hour_without_the_administration(visitor: Client, with_app: Person) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        give_password(visitor)
        give_code(visitor)
        for _ in range(3):
            clock.shift(timedelta(minutes=55))
            assert visitor.get("/admin/").status_code == 200
        clock.shift(timedelta(minutes=61))
        assert visitor.get("/admin/").status_code == 302


def test_a_session_ends_after_a_working_day_whatever_it_does(visitor: Client, with_app: Person) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        give_password(visitor)
        give_code(visitor)
        for _ in range(8 * 2 - 1):
            clock.shift(timedelta(minutes=30))
            assert visitor.get("/admin/").status_code == 200
        clock.shift(timedelta(minutes=30))
        assert visitor.get("/admin/").status_code == 302


@pytest.mark.parametrize("path", ["/admin/", "/staff/sign-in/", "/staff/factors/", "/admin/accounts/person/"])
def test_outside_the_networks_the_pages_of_the_staff_are_not_there(path: str, visitor: Client, settings: Settings) -> None:
    settings.ADMIN_NETWORKS = [ip_network("10.1.0.0/16"), ip_network("2001:db8::/32")]
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    for inside in ("10.1.2.3", "2001:db8::7", "::ffff:10.1.2.3"):
        assert visitor.get(path, headers={"x-forwarded-for": inside}).status_code in (200, 302)
    for outside in ("10.2.0.1", "2001:db9::7", "10.1.2.3, 192.0.2.7"):
        answer = visitor.get(path, headers={"x-forwarded-for": outside})
        assertContains(answer, "There is no such page", status_code=404)
    settings.TRUSTED_PROXIES = []
    assert visitor.get(path, headers={"x-forwarded-for": "10.1.2.3"}).status_code == 404
    assert visitor.get("/help/").status_code == 200


# --- failures, and other doors ------------------------------------------------------------------------------------------


def test_a_wrong_password_is_written_down_without_the_name_of_a_stranger(visitor: Client, with_app: Person) -> None:
    give_password(visitor, "wrong")
    visitor.post("/staff/sign-in/", {"login": "my-password-by-mistake", "password": "x"})
    known, unknown = AuditEvent.objects.order_by("pk")
    assert (known.person, known.details) == (with_app, {"step": "password"})
    assert (unknown.person, unknown.details) == (None, {"step": "password"})


@pytest.mark.thorough
def test_strangers_do_not_fill_the_audit_log(visitor: Client, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    for number in range(events.KEPT_OF_ONE + 10):
        form = {"login": f"nobody-{number}", "password": "x"}
        visitor.post("/staff/sign-in/", form, headers=ENGLISH | {"x-forwarded-for": f"192.0.2.{number}"})
    assert AuditEvent.objects.count() == events.KEPT_OF_ONE


def test_a_closed_account_is_told_so_after_the_right_password_only(visitor: Client, with_app: Person) -> None:
    Person.objects.update(is_active=False)
    assertContains(give_password(visitor, "wrong"), "not correct")
    assertContains(give_password(visitor), "This account is closed", status_code=403)


def test_nobody_of_the_campus_or_a_county_can_be_staff_and_nobody_is_a_superuser(wang: Person, teacher: Person) -> None:
    for person, flag in ((wang, "is_staff"), (teacher, "is_staff"), (wang, "is_superuser")):
        with pytest.raises(IntegrityError), transaction.atomic():
            Person.objects.filter(pk=person.pk).update(**{flag: True})


def test_people_who_are_not_staff_have_no_page_of_factors(wang: Person, visitor: Client) -> None:
    visitor.force_login(wang, backend="accounts.backends.PersonBackend")
    for name in ("mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes"):
        assert visitor.get(reverse(name)).status_code == 403


def test_a_new_password_of_ones_own_is_an_event(visitor: Client, with_app: Person, make_person: MakePerson) -> None:
    give_password(visitor)
    give_code(visitor)
    form = {"old_password": PASSWORD, "new_password1": "another-long-passphrase", "new_password2": "another-long-passphrase"}
    assertRedirects(visitor.post("/admin/password_change/", form), "/admin/password_change/done/")
    assert verbs()[-1] == "staff.password-changed"
    assert visitor.session[gate.SHOWN]
