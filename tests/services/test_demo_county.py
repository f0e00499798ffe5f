"""The demo county by HTTP alone: what it gives, to whom, and what it does not."""

import base64
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import Request, urlopen

import jwt
import pytest

from tests.services import demo_county
from tests.services.demo_county import PORTAL, DemoCounty, answer_sign_in
from tests.services.running_demo import Browser

VERIFIER = "a-verifier-of-at-least-forty-three-characters-1234"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
EVERYTHING = "openid email profile openid2 eduinfo educloudroles"
TEACHER = {"account": "aa1234", "password": "harbour-teacher"}


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoCounty]:
    with demo_county.running(tmp_path_factory.mktemp("county")) as county:
        yield county


def ask(address: str, *, data: dict[str, str] | None = None, headers: dict[str, str] | None = None) -> tuple[int, Any]:
    request = Request(address, urlencode(data).encode() if data else None, headers or {})  # noqa: S310 - this machine
    try:
        answer = urlopen(request, timeout=30)  # noqa: S310
    except HTTPError as error:
        answer = error
    with answer:
        return answer.status, json.loads(answer.read())


def wanted(county: DemoCounty, code: str = "kl", **other: str) -> str:
    """The address at which somebody is asked for consent."""
    query = {
        "client_id": f"portal-{code}",
        "redirect_uri": f"{PORTAL}counties/{code}/callback/",
        "response_type": "code",
        "scope": EVERYTHING,
        "state": "a-state",
        "nonce": "a-nonce",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    return f"{county.issuer(code)}/identity/o/authorize?{urlencode(query | other)}"


def grant(county: DemoCounty, code: str = "kl", *, who: dict[str, str] = TEACHER, **other: str) -> str:
    """The code that the county sends back to the portal."""
    browser = Browser()
    browser.open(wanted(county, code, **other))
    answer_sign_in(browser, **who)
    with pytest.raises(OSError, match="refused"):  # the portal is not there; the address is what matters
        browser.press("/identity/o/authorize", action="grant")
    sent = parse_qs(urlsplit(browser.redirects[-1]).query)
    assert browser.redirects[-1].startswith(f"{PORTAL}counties/{code}/callback/?")
    assert sent["state"] == ["a-state"]
    return sent["code"][0]


def redeem(county: DemoCounty, granted: str, code: str = "kl", **other: str) -> tuple[int, Any]:
    form = {
        "grant_type": "authorization_code",
        "code": granted,
        "redirect_uri": f"{PORTAL}counties/{code}/callback/",
        "code_verifier": VERIFIER,
        "client_id": f"portal-{code}",
        "client_secret": county.secret(code),
    }
    return ask(f"{county.issuer(code)}/identity/o/api/token", data=form | other)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def read(county: DemoCounty, path: str, token: str) -> tuple[int, Any]:
    return ask(f"{county.issuer()}{path}", headers=bearer(token))


# --- what it says of itself and of people -------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["kl", "hc"])
def test_each_name_of_the_server_is_an_issuer_of_its_own(county: DemoCounty, code: str) -> None:
    issuer = county.issuer(code)
    _status, document = ask(f"{issuer}/.well-known/openid-configuration")
    assert document["issuer"] == issuer
    assert document["token_endpoint"].startswith(f"{issuer}/")
    assert "eduinfo" in document["scopes_supported"]


def test_a_grant_becomes_a_signed_token_the_claims_and_the_eduinfo(county: DemoCounty) -> None:
    status, tokens = redeem(county, grant(county))
    assert status == 200
    _status, keys = ask(f"{county.issuer()}/.well-known/jwks.json")
    told = jwt.decode(
        tokens["id_token"], jwt.PyJWK(keys["keys"][0]), ["RS256"], audience="portal-kl", issuer=county.issuer()
    )
    assert (told["sub"], told["nonce"]) == ("aa1234", "a-nonce")
    assert "name" not in told
    _status, user = read(county, "/identity/o/api/userinfo", tokens["access_token"])
    assert (user["sub"], user["name"], user["email"]) == ("aa1234", "周雅婷", "aa1234@kl.demo.example")
    status, school = read(county, "/cncresource/api/v1/eduinfo", tokens["access_token"])
    assert (status, school.keys(), school["titles"]) == (200, {"guid", "schoolid", "titles"}, ["教師", "導師"])


def test_what_it_does_not_know_of_somebody_is_not_there(county: DemoCounty) -> None:
    granted = grant(county, who={"account": "dd1357", "password": "harbour-nobody"})
    _status, user = read(county, "/identity/o/api/userinfo", redeem(county, granted)[1]["access_token"])
    assert "name" not in user
    granted = grant(county, who={"account": "cc2468", "password": "harbour-letters"})
    _status, user = read(county, "/identity/o/api/userinfo", redeem(county, granted)[1]["access_token"])
    assert "email" not in user


def test_the_same_account_is_somebody_else_at_the_other_county(county: DemoCounty) -> None:
    granted = grant(county, "hc", who={"account": "aa1234", "password": "windy-city"})
    status, tokens = redeem(county, granted, "hc")
    assert status == 200
    _status, user = read(county, "/identity/o/api/userinfo", tokens["access_token"])
    assert (user["sub"], user["name"]) == ("aa1234", "鄭家豪")


# --- what it does not give ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [{}, bearer("nonsense"), bearer(""), {"Authorization": "Basic YTpi"}],
    ids=["none", "unknown", "empty", "basic"],
)
def test_eduinfo_is_for_a_good_token_alone(county: DemoCounty, headers: dict[str, str]) -> None:
    assert ask(f"{county.issuer()}/cncresource/api/v1/eduinfo", headers=headers) == (401, {"error": "invalid_token"})


def test_eduinfo_takes_a_token_that_was_granted_for_it(county: DemoCounty) -> None:
    _status, tokens = redeem(county, grant(county, scope="openid profile"))
    assert read(county, "/cncresource/api/v1/eduinfo", tokens["access_token"]) == (403, {"error": "insufficient_scope"})


def test_a_code_is_good_once_with_its_verifier_secret_and_client(county: DemoCounty) -> None:
    granted = grant(county)
    assert redeem(county, granted, client_secret="wrong")[0] == 401
    assert redeem(county, granted, "hc")[0] == 400
    assert redeem(county, granted)[0] == 200
    assert redeem(county, granted)[0] == 400
    assert redeem(county, grant(county), code_verifier=VERIFIER[::-1])[0] == 400


def test_nobody_is_sent_to_an_address_that_is_not_the_portals(county: DemoCounty) -> None:
    browser = Browser()
    browser.open(wanted(county, redirect_uri="http://198.51.100.7/"))
    answer_sign_in(browser, **TEACHER)
    assert "無法授權" in browser.page
    assert urlsplit(browser.address).netloc == urlsplit(county.issuer()).netloc


def test_an_account_of_one_county_is_none_of_the_other(county: DemoCounty) -> None:
    browser = Browser()
    browser.open(wanted(county, "hc"))
    answer_sign_in(browser, **TEACHER)
    assert "帳號或密碼不正確" in browser.page


def test_a_wrong_code_signs_nobody_in_and_an_answer_counts_once(county: DemoCounty) -> None:
    browser = Browser()
    browser.open(wanted(county))
    answer_sign_in(browser, **TEACHER, code="1234")
    assert "驗證碼不正確" in browser.page
    before = browser.page
    answer_sign_in(browser, account="aa1234", password="wrong")
    assert "帳號或密碼不正確" in browser.page
    assert browser.page != before
    browser.press("", press="sign-in", **TEACHER, code="")
    assert "驗證碼不正確" in browser.page


def test_the_picture_is_of_the_open_question_only(county: DemoCounty) -> None:
    browser = Browser()
    browser.open(f"{county.issuer()}/sign-in/picture.svg")
    assert browser.status == 404
    browser.open(f"{county.issuer()}/sign-in/")
    browser.open(f"{county.issuer()}/sign-in/picture.svg")
    assert browser.page.startswith("<svg")
    browser.open(f"{county.issuer()}/sign-in/")
    browser.press("", press="words")
    browser.open(f"{county.issuer()}/sign-in/picture.svg")
    assert browser.status == 404


@pytest.mark.parametrize("address", ["//198.51.100.7/", "http://198.51.100.7/", "javascript:alert(1)"])
def test_the_sign_in_leads_to_no_other_site(county: DemoCounty, address: str) -> None:
    browser = Browser()
    browser.open(f"{county.issuer()}/sign-in/?{urlencode({'next': address})}")
    answer_sign_in(browser, **TEACHER)
    assert browser.address == f"{county.issuer()}/"


def test_its_keys_stay_when_it_starts_again(tmp_path: Path) -> None:
    kids = []
    for _ in range(2):
        with demo_county.running(tmp_path) as county:
            _status, keys = ask(f"{county.issuer()}/.well-known/jwks.json")
            kids.append([key["kid"] for key in keys["keys"]])
    assert kids[0] == kids[1]
    assert len(kids[0]) == 1
