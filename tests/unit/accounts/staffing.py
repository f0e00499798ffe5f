"""What the tests of the staff’s sign-in share: an administrator with an app for codes, and a browser."""

import time

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from accounts.models import AuditEvent, Person
from demo.staff import code

KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PASSWORD = "a-long-enough-passphrase"
NOW = "2026-11-22T04:00:10+00:00"
ENGLISH = {"accept-language": "en"}
AWAY = ("/admin/login/", "/staff/sign-in/", "/signed-out/")
SECOND, FACTORS, APP = "/staff/sign-in/second-step/", "/staff/factors/", "/staff/factors/app/"


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
