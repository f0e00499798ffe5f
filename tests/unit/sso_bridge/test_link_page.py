"""GET: the page that posts the token back, and can neither sign in nor spend."""

import re
from html import unescape

import pytest
from django.test import Client

from accounts.models import Person
from sso_bridge.models import Refusal, SpentToken
from tests.unit.sso_bridge.campus import ADDRESS, token

HANDOFF = "/sso/handoff/"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("keys_file", "while_fresh")]


@pytest.fixture
def client() -> Client:
    return Client(headers={"accept-language": "en"}, REMOTE_ADDR=ADDRESS)


def fields(html: str) -> dict[str, str]:
    """The hidden fields of the hand-off's own form."""
    form = re.search(r'<form [^>]*id="handoff".*?</form>', html, re.S)
    assert form is not None
    return {name: unescape(value) for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form[0])}


def test_the_link_shows_one_button_that_signs_in(client: Client) -> None:
    page = client.get(HANDOFF, {"token": token().decode(), "next": "/help/"})
    assert page.status_code == 200
    assert "The button signs you in here." in page.text
    assert '<script src="/static/js/handoff.js"' in page.text
    assert fields(page.text) == {"token": token().decode(), "next": "/help/"}
    pressed = client.post(HANDOFF, fields(page.text))
    assert (pressed.status_code, pressed["Location"]) == (303, "/help/")


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_at_a_link_neither_signs_in_nor_spends_nor_leaks(method: str, client: Client) -> None:
    for _ in range(3):
        page = getattr(client, method)(HANDOFF, {"token": token().decode()})
        assert page.status_code == 200
        assert (page["Cache-Control"], page["Referrer-Policy"]) == ("no-store", "no-referrer")
        assert "sessionid" not in page.cookies
    assert not SpentToken.objects.exists()
    assert not Person.objects.exists()
    assert not Refusal.objects.exists()


@pytest.mark.parametrize(
    "junk", ["x", '"><script>alert(1)</script>', "' onfocus=alert(1) '", "{{ 7|add:7 }}", "\0", "王" * 1365]
)
def test_junk_in_a_link_is_shown_as_what_it_is(junk: str, client: Client) -> None:
    page = client.get(HANDOFF, {"token": junk, "next": junk})
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert fields(page.text) == {"token": junk, "next": junk}


@pytest.mark.parametrize("query", [{}, {"token": ""}, {"token": "x" * 4097}, {"token": "王" * 1366}])
def test_a_link_without_a_token_or_with_too_long_a_one_is_refused(query: dict[str, str], client: Client) -> None:
    page = client.get(HANDOFF, query)
    assert page.status_code == 400
    assert (page["Cache-Control"], page["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert "This link is damaged" in page.text
    assert "xxxx" not in page.text
