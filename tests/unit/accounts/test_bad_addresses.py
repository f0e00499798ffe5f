"""Addresses of the administration that nobody gets by its links: no page breaks, on either database."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Person
from mailboxes.models import Application, MailService
from tests.conftest import SignIn
from tests.unit.mailboxes.helpdesk.conftest import page_of

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]

LONG = "9" * 5000
EVENTS, FIGURES, QUEUE = (f"/admin/{name}/" for name in ("accounts/auditevent", "mailboxes/figure", "mailboxes/reviewcase"))


@pytest.fixture
def browser(db: None, sign_in: SignIn) -> Client:
    chief = Person.objects.create_superuser("chief", "a-long-enough-passphrase")
    return sign_in(chief)


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        (FIGURES, {"until": "0001-01-01"}, 422),
        (FIGURES, {"days": "7", "until": "0001-01-03"}, 422),
        (EVENTS, {"first": "0001-01-01"}, 200),
        (EVENTS, {"last": "9999-12-31"}, 200),
        (EVENTS, {"last": "0001-01-01"}, 200),
        (EVENTS, {"first": "9999-12-31"}, 200),
        (EVENTS, {"before": LONG}, 200),
        (f"{EVENTS}{LONG}/change/", {}, 404),
        (QUEUE, {"after": f"2026-11-22T00:00:00+08:00~{LONG}"}, 200),
        (QUEUE, {"after": "9999-12-31T23:59:59-23:59~1"}, 200),
        (QUEUE, {"after": "0001-01-01T00:00:00+23:00~1"}, 200),
        ("/admin/accounts/person/", {"condition": "\0"}, 400),
        ("/admin/accounts/letter/", {"kind": "\0"}, 400),
        ("/admin/accounts/letter/", {"state__exact": "\0"}, 400),
        ("/admin/sso_bridge/refusal/", {"code": "\0"}, 400),
        ("/admin/mailboxes/mailbox/", {"q": "a\0b"}, 400),
    ],
)
def test_a_page_says_what_it_can(
    path: str, query: dict[str, str], status: int, browser: Client, services: dict[str, MailService]
) -> None:
    assert browser.get(path, query).status_code == status


def test_an_export_takes_no_nul_either(browser: Client) -> None:
    assert browser.post("/admin/accounts/letter/export/?state__exact=%00", {"format": "csv"}).status_code == 400


def test_numbers_that_no_row_has(browser: Client, wang: Person, services: dict[str, MailService]) -> None:
    application = Application.objects.create(person=wang, service=services["mx"], state="held", queued_at=timezone.now())
    case = reverse("admin:mailboxes_reviewcase_change", args=[application.pk])
    assert browser.get(case, {"template": LONG}).status_code == 200
    assert browser.post("/admin/mailboxes/finding/repair/", {"ids": LONG}).status_code == 200
    assert browser.post(page_of(wang), {"act": "resend", "letter": LONG}).status_code == 404
    asked = {"act": "go-on", "application": "a\0b", "reason": "x"}
    assert browser.post(page_of(wang), asked).status_code == 404
