"""A county's provider that is down, slow, broken or lying: a clear page with a way back, and nobody made or signed in."""

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings
from pytest_django.asserts import assertContains

from accounts.counties import asking
from accounts.models import AuditEvent, Person
from tests import servers
from tests.services import lying_provider
from tests.services.county_provider import county
from tests.services.lying_provider import HONEST, LIES


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with lying_provider.running() as port:
        yield port


@pytest.fixture
def browser(db: None, monkeypatch: pytest.MonkeyPatch) -> Client:
    cache.clear()  # of the refusals counted so far
    monkeypatch.setattr(asking, "SECONDS", 1.0)
    return Client(headers={"accept-language": "en"})


def sign_in(browser: Client, settings: Settings, issuer: str, **other: Any) -> HttpResponse:
    """Go there and come back at once, with the nonce as the code, which the provider puts into its token."""
    settings.COUNTIES = (county(0, issuer=issuer, resource="/" + issuer.rpartition("/")[2] + "/eduinfo", **other),)
    response: Any = browser.get("/counties/kl/")
    if response.status_code != 302:
        return response
    sent = parse_qs(urlsplit(response["Location"]).query)
    return browser.get("/counties/kl/callback/", {"state": sent["state"][0], "code": sent["nonce"][0]})  # type: ignore[return-value]


def test_the_same_provider_without_a_lie_signs_in(browser: Client, port: int, settings: Settings) -> None:
    """Or else the tests below would show nothing."""
    assert sign_in(browser, settings, f"http://127.0.0.1:{port}/{HONEST}")["Location"] == "/"
    assert Person.objects.get().name == "陳老師"


@pytest.mark.parametrize("name", LIES)
def test_it_explains_and_makes_nobody(name: str, browser: Client, port: int, settings: Settings) -> None:
    response = sign_in(browser, settings, f"http://127.0.0.1:{port}/{name}")
    code = LIES[name][1]
    assertContains(response, f'<span class="address">{code}</span>', status_code=403)
    assertContains(response, "Nothing was made or changed here.", status_code=403)
    assert not Person.objects.exists()
    assert "_auth_user_id" not in browser.session
    event = AuditEvent.objects.get(verb="county.refused")
    assert (event.details["county"], event.details["code"]) == ("kl", code)
    assertContains(response, event.details["reference"], status_code=403)


def test_nobody_follows_the_discovery_into_our_own_network(
    browser: Client, port: int, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it redirects to somebody inside, that somebody hears nothing."""
    asked: list[str] = []
    answer = lying_provider._Handler._answer
    monkeypatch.setattr(lying_provider._Handler, "_answer", lambda self, *of: (asked.append(self.path), answer(self, *of)))
    assertContains(sign_in(browser, settings, f"http://127.0.0.1:{port}/discovery-redirects"), "redirected", status_code=403)
    assert asked == ["/discovery-redirects/.well-known/openid-configuration"]


def test_a_provider_that_is_down_has_its_page(browser: Client, settings: Settings) -> None:
    response = sign_in(browser, settings, f"http://127.0.0.1:{servers.free_port()}/down")
    assertContains(response, "unreachable", status_code=403)
    assertContains(response, "does not answer", status_code=403)
    assertContains(response, 'href="/counties/kl/"', status_code=403)


@pytest.mark.parametrize("known", [True, False])
def test_a_certificate_has_to_be_vouched_for(
    known: bool, browser: Client, certificate: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    if known:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))  # OpenSSL's own variable
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with lying_provider.running(context) as port:
        response = sign_in(browser, settings, f"https://127.0.0.1:{port}/{HONEST}")
    if known:
        assert response["Location"] == "/"
    else:
        assertContains(response, "bad-certificate", status_code=403)


def test_the_page_is_in_chinese_too(browser: Client, port: int, settings: Settings) -> None:
    response = sign_in(Client(), settings, f"http://127.0.0.1:{port}/token-expired")
    assertContains(response, '<html lang="zh-Hant"', status_code=403)
    assertContains(response, "基隆市", status_code=403)


def test_whoever_is_refused_without_end_fills_no_log(browser: Client, port: int, settings: Settings) -> None:
    for _ in range(12):
        response = sign_in(browser, settings, f"http://127.0.0.1:{port}/token-expired")
    assert AuditEvent.objects.count() == 10
    assertContains(response, "token-expired", status_code=403)
