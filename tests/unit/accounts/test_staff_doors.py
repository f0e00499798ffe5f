"""How long the staff stay signed in, from where, what is written down of failures, and that no other door leads there."""

import time
from datetime import timedelta
from ipaddress import ip_network

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from pytest_django.asserts import assertContains, assertRedirects

from accounts.models import AuditEvent, Person
from accounts.staff import events, gate
from demo.staff import code
from tests.conftest import MakePerson
from tests.unit.accounts.staffing import (
    APP,
    ENGLISH,
    FACTORS,
    NOW,
    PASSWORD,
    admin,
    give_code,
    give_password,
    no_tries_yet,
    verbs,
    visitor,
    with_app,
)

__all__ = ["admin", "no_tries_yet", "visitor", "with_app"]  # fixtures, which pytest finds by name

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]


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


def test_a_session_that_sets_up_its_first_factor_ends_after_an_hour_too(visitor: Client, admin: Person) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        give_password(visitor)
        visitor.get(FACTORS)
        assert visitor.session.get_expiry_age() == 3600
        page = visitor.get(APP)
        visitor.post(APP, {"code": code(page.context["form"].secret, time.time())})
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
