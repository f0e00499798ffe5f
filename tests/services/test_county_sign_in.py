"""Signing in with a county, whose provider is a certified one from npm."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings
from pytest_django.asserts import assertContains

from accounts.models import Person
from tests import servers
from tests.services import county_provider
from tests.services.county_provider import Visitor

pytestmark = pytest.mark.skipif(
    not shutil.which("node") or not Path("tests/node_modules/oidc-provider").exists(),
    reason="oidc-provider was not run: npm ci --prefix tests",
)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    port = servers.free_port()
    with county_provider.running(port):
        yield port


@pytest.fixture
def browser(port: int, settings: Settings, db: None) -> Client:
    settings.COUNTIES = (county_provider.county(port),)
    return Client(headers={"accept-language": "en"})


def back_from(client: Client, visitor: Visitor, code: str = "kl") -> str:
    """Go to the county and do what it asks; the address that it sends the browser back to."""
    response = client.get(f"/counties/{code}/")
    assert response.status_code == 302, response.content.decode()
    return visitor.follow(response["Location"])


def test_a_teacher_signs_in_with_what_the_county_says_of_them(browser: Client) -> None:
    response = browser.get(back_from(browser, Visitor("aa1234")))
    assert (response.status_code, response["Location"]) == (302, "/")
    person = Person.objects.get()
    assert (person.source, person.subject, person.number, person.name) == ("county:kl", "aa1234", "aa1234", "陳老師")
    assert (person.category, person.guid, person.school_code, person.roles) == (
        "staff",
        "6f1c-0001",
        "173601",
        ["教師", "導師"],
    )
    assertContains(browser.get("/configure/"), "陳老師")
