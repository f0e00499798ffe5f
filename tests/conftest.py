"""The people and services that every test may meet: the demo's own services, and invented persons of each kind."""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.management import call_command
from django.db import connection
from django.test import Client
from pytest_django import DjangoDbBlocker

from accounts.models import Person, PolicyVersion
from accounts.staff import gate
from mailboxes.models import MailService

SEED = Path(__file__).parent.parent / "demo" / "portal-seed.json"
BACKEND = "accounts.backends.PersonBackend"

# Not one of the words in it has to do with any of the persons below.
GOOD_PASSWORD = "copper-kettle-ninety-seals"

# Fields of a mailbox that an administrator has suspended.
SUSPENDED: dict[str, Any] = {
    "state": "suspended",
    "hold": "rule",
    "cause": "rule",
    "reason": "Advertising to all of the campus.",
    "held_at": datetime(2026, 11, 1, tzinfo=UTC),
}


def in_state(state: str) -> dict[str, Any]:
    """Fields of a mailbox in that state, whatever it was in before."""
    return SUSPENDED if state == "suspended" else {"state": state, "hold": "", "cause": "", "reason": "", "held_at": None}


# Django empties the tables after a test with transactions of its own: by TRUNCATE, and on SQLite by DELETE.
IN_THE_WAY = {
    "postgresql": [
        "ALTER TABLE accounts_auditevent DISABLE TRIGGER accounts_audit_truncate",
        "ALTER TABLE accounts_auditlink DISABLE TRIGGER accounts_audit_truncate",
    ],
    "sqlite": ["DROP TRIGGER accounts_audit_event_delete", "DROP TRIGGER accounts_audit_link_delete"],
}


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """The tests' own database, without the triggers that keep events where Django's tests delete everything."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for statement in IN_THE_WAY[connection.vendor]:
            cursor.execute(statement)


@pytest.fixture
def services(db: None) -> dict[str, MailService]:
    """The seeded services by slug: mx (staff, chosen names), gapp (both), student (fixed names), edu (typed names)."""
    call_command("seed", str(SEED), verbosity=0)
    return {service.slug: service for service in MailService.objects.all()}


MakePerson = Callable[..., Person]


@pytest.fixture
def make_person(db: None) -> MakePerson:
    def make(number: str, **facts: object) -> Person:
        defaults = {
            "name": "王小明",
            "passport_name": "WANG,HSIAO-MING",
            "category": "staff",
            "condition": "一般",
            "language": "en",
        }
        source = facts.get("source", "local" if facts.get("is_staff") else "campus")
        who = {"source": source, "subject": number, "username": f"{source}:{number}", "number": number, "password": "!"}
        return Person.objects.create(**(who | defaults | facts))

    return make


@pytest.fixture
def wang(make_person: MakePerson) -> Person:
    return make_person("z99999")


@pytest.fixture
def professor(make_person: MakePerson) -> Person:
    return make_person("r10001", name="林淑芬", passport_name="LIN,SHU-FEN", condition="退休")


@pytest.fixture
def student(make_person: MakePerson) -> Person:
    return make_person(
        "9800011", name="張志豪", passport_name="CHANG,CHIH-HAO", category="student", condition="校", entry_year=98
    )


@pytest.fixture
def teacher(make_person: MakePerson) -> Person:
    """Somebody from a county, with the account aa1234 there."""
    return make_person("aa1234", source="county:kl", name="陳怡君", passport_name="", category="staff", condition="")


@pytest.fixture
def stranger(make_person: MakePerson) -> Person:
    """Somebody on unpaid leave: signed in, with no right to a staff mailbox."""
    return make_person("z20002", name="周雅婷", passport_name="CHOU,YA-TING", condition="留停")


class Browser(Client):
    """Django's, in which whoever is of the staff has shown a second factor."""

    def force_login(self, user: Any, backend: str | None = BACKEND) -> None:
        super().force_login(user, backend)
        if user.is_staff:
            show_factor(self, user)


def show_factor(client: Client, person: Person) -> None:
    """As after the second step of the sign-in."""
    if not gate.has_factor(person.pk):
        TOTP.activate(person, generate_totp_secret())
    session = client.session
    session[gate.SHOWN] = time.time()
    session.save()


@pytest.fixture
def client() -> Client:
    return Browser()


SignIn = Callable[[Person], Client]


@pytest.fixture
def sign_in() -> SignIn:
    """A browser in English in which that person is signed in."""

    def signed_in(person: Person) -> Client:
        client = Browser(headers={"accept-language": "en"})
        client.force_login(person)
        return client

    return signed_in


@pytest.fixture
def as_wang(wang: Person, services: dict[str, MailService], sign_in: SignIn) -> Client:
    return sign_in(wang)


AgreeAll = Callable[[Client, str], None]


@pytest.fixture
def agree_all() -> AgreeAll:
    """Read and agree to every policy of a service in turn, as a person does."""

    def agree(client: Client, service: str) -> None:
        for _ in range(PolicyVersion.objects.count()):
            place = client.get(f"/mail/{service}/apply/").headers.get("Location", "")
            if "/policies/" not in place:
                return
            version = client.get(place).context["version"]
            client.post(place, {"decision": "agree", "version": version.label})

    return agree


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Tell bin/test of every test that was left out, so that it can say so at the end."""
    if report.skipped and (file := os.environ.get("NOT_RUN")):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        with Path(file).open("a") as lines:
            lines.write(f"{report.nodeid}: {reason}\n")
