"""What the tests of the desk share: a service that is reviewed, people who wait, and a reviewer."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import ContactAddress, Person
from mailboxes import names
from mailboxes.models import Mailbox, MailService, ReviewCase
from tests.conftest import GOOD_PASSWORD, AgreeAll, MakePerson, SignIn

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
HASH = "{ARGON2ID}the-hash"
QUEUE = "/admin/mailboxes/reviewcase/"
BULK = f"{QUEUE}decide/"
GOOD = {"password": GOOD_PASSWORD, "password_again": GOOD_PASSWORD}

Wait = Callable[..., ReviewCase]


@pytest.fixture
def reviewed(services: dict[str, MailService]) -> MailService:
    """mx, where a reviewer always decides."""
    MailService.objects.filter(slug="mx").update(review="always")
    return MailService.objects.get(slug="mx")


@pytest.fixture
def wait(reviewed: MailService) -> Wait:
    """An application that waits, of a person with a confirmed contact address."""

    def waiting(person: Person, name: str = "hmwang", **fields: object) -> ReviewCase:
        stem, number = names.stem_of(name)
        who = {"service": reviewed, "person": person}
        box = Mailbox.objects.create(**who, local_part=name, domain=reviewed.domain, stem=stem, stem_number=number)
        ContactAddress.objects.create(
            person=person, address=f"{name}@example.org", place=1, added_at=NOW, asked_at=NOW, verified_at=NOW
        )
        usual = {"state": "review", "submitted_at": NOW, "queued_at": NOW, "password_hash": HASH, "chosen_name": name}
        return ReviewCase.objects.create(**who, mailbox=box, **usual | fields)

    return waiting


MakeReviewer = Callable[..., Person]


@pytest.fixture
def make_reviewer(make_person: MakePerson) -> MakeReviewer:
    """Somebody of the office with these rights about applications to review, and no other."""

    def make(number: str = "z30003", rights: tuple[str, ...] = ("view", "change")) -> Person:
        person = make_person(number, name=f"審核{number}", is_staff=True)
        codes = [f"{right}_reviewcase" for right in rights]
        person.user_permissions.set(Permission.objects.filter(codename__in=codes))
        return person

    return make


@pytest.fixture
def as_reviewer(make_reviewer: MakeReviewer, sign_in: SignIn) -> Client:
    return sign_in(make_reviewer())


def case_page(case: ReviewCase) -> str:
    return f"{QUEUE}{case.pk}/change/"


def stamp(client: Client, case: ReviewCase) -> str:
    """What the page of the application carries."""
    return str(client.get(case_page(case)).context["stamp"])


def decide(client: Client, case: ReviewCase, decision: str, **fields: str) -> int:
    """Open the page and press the button; the status of the answer."""
    data = {"stamp": stamp(client, case), "decision": decision} | fields
    return client.post(case_page(case), data).status_code


def apply(client: Client, agree_all: AgreeAll, name: str = "hmwang") -> None:
    """Through the wizard of mx, as a person does it."""
    agree_all(client, "mx")
    client.post("/mail/mx/name/", {"name": name})
    client.post("/mail/mx/password/", GOOD)
