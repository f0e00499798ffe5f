"""The gate before the administration: the second factor, its beginning, and what the database holds of it."""

import time
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from pytest_django import Settings
from pytest_django.asserts import assertContains, assertRedirects

from accounts.models import AuditEvent, Person
from accounts.staff import factors
from demo.staff import code
from tests.unit.accounts.staffing import (
    APP,
    AWAY,
    ENGLISH,
    FACTORS,
    KEY,
    NOW,
    PASSWORD,
    SECOND,
    admin,
    give_code,
    give_password,
    no_tries_yet,
    verbs,
    visitor,
    with_app,
)
from tests.unit.accounts.test_rights import ALL

__all__ = ["admin", "no_tries_yet", "visitor", "with_app"]  # fixtures, which pytest finds by name

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]


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
