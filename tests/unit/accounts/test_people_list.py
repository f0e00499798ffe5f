"""The administration's list of people: its search and its filters, which read no whole table."""

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from accounts.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_admin(client: Client) -> Client:
    admin = Person.objects.create_superuser("admin", "a-long-enough-passphrase")
    client.force_login(admin, backend="accounts.backends.PersonBackend")
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def test_a_search_that_finds_too_many_people_says_so(
    as_admin: Client, wang: Person, professor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.admin.MOST_FOUND", 1)
    assertContains(as_admin.get("/admin/accounts/person/", {"q": "0001"}), "At least 1 people are found")
    assertNotContains(as_admin.get("/admin/accounts/person/", {"q": "nobody-at-all"}), "are found")


@pytest.mark.parametrize(
    ("filters", "found"), [("kind=campus", 1), ("kind=county", 1), ("kind=local", 1), ("condition=一般", 1)]
)
def test_people_can_be_filtered(as_admin: Client, wang: Person, teacher: Person, filters: str, found: int) -> None:
    assert as_admin.get(f"/admin/accounts/person/?{filters}").context["cl"].result_count == found
