"""How many people have agreed to each version, and how many owners of mailboxes have still to."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.asserts import assertContains

from accounts import policies
from accounts.agreements import counting
from accounts.models import Person, Policy, PolicyVersion
from mailboxes.models import Mailbox, MailService
from tests.conftest import SignIn, in_state
from tests.unit.accounts.policies import adding, look, page_of, version_of

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]

LIST = "/admin/accounts/policyversion/"


@pytest.fixture
def as_admin(services: dict[str, MailService], sign_in: SignIn) -> Client:
    return sign_in(Person.objects.create_superuser("admin", "a-long-enough-passphrase"))


def own(person: Person, service: MailService, state: str = "active") -> None:
    name = f"{service.slug}{person.pk}"
    Mailbox.objects.create(
        service=service, person=person, local_part=name, domain=service.domain, stem=name, stem_number=1,
        active_at=timezone.now(), **in_state(state),
    )  # fmt: skip


def agree(person: Person, version: PolicyVersion) -> None:
    policies.agree(person, version, address="192.0.2.1", now=timezone.now())


def numbers() -> dict[str, tuple[int, int | None]]:
    rows = counting.counted(PolicyVersion.objects.filter(policy__slug="network"), now=timezone.now())
    return {row.label: (row.agreed, row.remaining) for row in rows}


def test_only_owners_who_have_not_agreed_to_the_version_in_force_remain(
    services: dict[str, MailService], wang: Person, professor: Person, student: Person, stranger: Person
) -> None:
    for person in (wang, professor, student):
        own(person, services["mx"])
    own(wang, services["gapp"], "suspended")  # a second mailbox makes no second person of him
    own(stranger, services["mx"], "cancelled")
    old = PolicyVersion.objects.get(policy__slug="network")
    for person in (wang, professor, stranger):
        agree(person, old)
    assert numbers() == {"2026-08": (3, 1)}
    agree(wang, version_of("network", "2026-11", timezone.now()))
    version_of("network", "2027-01", timezone.now() + timedelta(days=1))
    assert numbers() == {"2026-08": (3, None), "2026-11": (1, 2), "2027-01": (0, None)}
    assert counting.asked(Policy.objects.get(slug="network"), old).owners == 3


def test_of_a_policy_that_no_service_demands_nobody_remains(services: dict[str, MailService], wang: Person) -> None:
    own(wang, services["mx"])
    for service in services.values():
        service.policies.remove(Policy.objects.get(slug="network"))
    assert numbers() == {"2026-08": (0, 0)}


def test_the_list_asks_as_often_for_many_versions_as_for_few(
    as_admin: Client, wang: Person, services: dict[str, MailService], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    own(wang, services["mx"])
    for number in range(20):
        agree(wang, version_of("network", f"v{number}", timezone.now()))
    as_admin.get(LIST)  # which notes, once a minute, that somebody is there
    with django_assert_max_num_queries(10):
        page = as_admin.get(LIST)
    assertContains(page, "another one has taken its place", count=20)


def test_the_pages_of_a_version_tell_the_numbers_and_the_services(
    as_admin: Client, wang: Person, services: dict[str, MailService]
) -> None:
    own(wang, services["mx"])
    page = as_admin.get(page_of(PolicyVersion.objects.get(policy__slug="network")))
    assertContains(page, "<dt>Mailbox owners who have still to agree</dt><dd>1<br>")
    assertContains(page, "MX mailbox<br>gapp mailbox<br>Student mailbox<br>")
    page = look(as_admin, adding("network"), label="2026-12")
    assertContains(page, "<dt>Owners of mailboxes there</dt><dd>1<br>")


def test_the_numbers_are_exported_with_the_list(as_admin: Client, wang: Person) -> None:
    agree(wang, PolicyVersion.objects.get(policy__slug="network"))
    response = as_admin.post(f"{LIST}export/", {"format": "csv"})
    lines = b"".join(response).decode().splitlines()
    assert lines[0].endswith("Policy,Version,In force from,State,Agreed,Owners still to agree")
    assert lines[1] == "Campus network rules,2026-08,2026-08-01 00:00:00,in force,1,0"
