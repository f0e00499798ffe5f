"""Signing in: the door in its working order."""

import json
from http.cookies import Morsel
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.db import DatabaseError
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import Person
from sso_bridge.models import SpentToken
from tests.conftest import MakePerson, SignIn
from tests.unit.sso_bridge.campus import ADDRESS, HEADER, PAIRS, WANG, sign, token

HANDOFF = "/sso/handoff/"
VECTORS = json.loads(Path("docs/handoff-vectors.json").read_text())
GOOD = [case for case in VECTORS["cases"] if case["expect"].get("ok")]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("keys_file", "while_fresh")]


def come(client: Client, octets: bytes, address: str = ADDRESS, **fields: str) -> HttpResponse:
    """What a browser does with the campus's form."""
    return client.post(HANDOFF, {"token": octets.decode(), **fields}, REMOTE_ADDR=address)  # type: ignore[return-value]


def who(client: Client) -> str | None:
    key = client.session.get("_auth_user_id")
    return Person.objects.get(pk=key).number if key else None


def test_a_good_token_signs_the_person_in_and_goes_home(client: Client) -> None:
    response = come(client, token(unit="資訊系統所", entry_year=98))
    assert (response.status_code, response["Location"], response["Cache-Control"]) == (303, "/", "no-store")
    person = Person.objects.get()
    assert (person.source, person.subject, person.number, person.name) == ("campus", "z99999", "z99999", "王小明")
    assert (person.passport_name, person.category, person.condition) == ("WANG,HSIAO-MING", "staff", "一般")
    assert (person.unit, person.entry_year) == ("資訊系統所", 98)
    assert person.last_login is not None
    assert who(client) == "z99999"
    assert SpentToken.objects.get().jti == WANG["jti"]


def test_the_session_is_the_persons_own_and_opens_the_pages_behind_the_door(client: Client) -> None:
    assert client.get("/configure/")["Location"].startswith("/signed-out/")
    come(client, token())
    assert client.get("/configure/").status_code == 200


@pytest.mark.parametrize("kid", PAIRS)
def test_every_algorithm_opens_the_door(kid: str, client: Client) -> None:
    public = PAIRS[kid][1]
    come(client, sign(WANG | {"iss": public["portal_iss"]}, HEADER | {"kid": kid, "alg": public["alg"]}))
    assert who(client) == "z99999"


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case["name"])
def test_each_good_vector_signs_in(case: dict[str, Any], client: Client, keys_file: Path) -> None:
    keys_file.write_text(json.dumps(VECTORS["keys"]))
    with time_machine.travel(case["now"], tick=False):
        assert come(client, case["token"].encode(), case["ip"]).status_code == 303
        assert who(client) == "z99999"


def test_a_later_visit_brings_the_data_up_to_date_and_leaves_the_chosen_language(client: Client) -> None:
    come(client, token(lang="en"))
    Person.objects.update(language="zh-hant")
    come(client, token(jti="b" * 16, condition="退休", name_en="WANG,XIAO MING", lang="en"))
    person = Person.objects.get()
    assert (person.condition, person.passport_name, person.language) == ("退休", "WANG,XIAO MING", "zh-hant")


def test_the_browser_gets_the_persons_language(client: Client) -> None:
    cookie: Morsel[str] = come(client, token(lang="en")).cookies["django_language"]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("en", True, "Lax")
    assert "django_language" not in come(Client(), token(jti="b" * 16, sub="z99998")).cookies


def test_an_earlier_session_ends_and_the_key_is_new(client: Client, sign_in: SignIn, make_person: MakePerson) -> None:
    browser = sign_in(make_person("z11111", name="李大同"))
    before = browser.session.session_key
    come(browser, token())
    assert who(browser) == "z99999"
    assert browser.session.session_key != before
    assert [session.session_key for session in Session.objects.all()] == [browser.session.session_key]


def test_a_session_key_planted_by_somebody_else_is_not_taken_over(client: Client) -> None:
    client.cookies["sessionid"] = "planted-by-somebody-else-0000000"
    come(client, token())
    assert client.cookies["sessionid"].value != "planted-by-somebody-else-0000000"
    assert who(client) == "z99999"


def test_what_the_earlier_session_held_is_not_carried_over(client: Client) -> None:
    session = client.session
    session["of_somebody_else"] = "x"
    session.save()
    come(client, token())
    assert "of_somebody_else" not in client.session


def test_a_refused_token_leaves_the_earlier_session_alone(sign_in: SignIn, make_person: MakePerson) -> None:
    browser = sign_in(make_person("z11111"))
    assert come(browser, token(), address="198.51.100.7").status_code == 403
    assert who(browser) == "z11111"


def test_a_token_that_was_refused_for_another_reason_is_not_spent(client: Client) -> None:
    assert come(client, token(), address="198.51.100.7").status_code == 403
    assert not SpentToken.objects.exists()
    assert come(client, token()).status_code == 303


def test_the_same_jti_of_another_issuer_is_another_token(client: Client) -> None:
    come(client, token())
    header = HEADER | {"kid": "campus-hs", "alg": "HS256"}
    assert come(Client(), sign(WANG | {"iss": "https://legacy.test"}, header)).status_code == 303


def test_a_failure_while_signing_in_does_not_spend_the_token(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*args: object, **kwargs: object) -> None:
        raise DatabaseError("the connection is gone")

    with monkeypatch.context() as broken:
        broken.setattr(Session, "save", lost)
        with pytest.raises(DatabaseError):
            come(client, token())
    assert not SpentToken.objects.exists()
    assert not Person.objects.exists()
    assert come(client, token()).status_code == 303
    assert who(client) == "z99999"


def test_behind_our_own_proxy_the_visitors_address_counts(client: Client, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    octets = token().decode()
    forged = client.post(HANDOFF, {"token": octets}, REMOTE_ADDR="198.51.100.7", headers={"x-forwarded-for": ADDRESS})
    assert forged.status_code == 403
    honest = client.post(HANDOFF, {"token": octets}, REMOTE_ADDR="127.0.0.1", headers={"x-forwarded-for": ADDRESS})
    assert honest.status_code == 303


def test_the_campus_may_post_from_its_own_site_without_our_csrf_token() -> None:
    campus = Client(enforce_csrf_checks=True, headers={"origin": "https://ais.test", "referer": "https://ais.test/menu"})
    assert come(campus, token()).status_code == 303


@pytest.mark.parametrize("path", ["/configure/", "/help/?q=1#top", "/mail/mx/apply/"])
def test_it_goes_to_a_page_of_this_site_where_one_is_named(path: str, client: Client) -> None:
    assert come(client, token(), next=path)["Location"] == path


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.test/",
        "//evil.test/",
        "///evil.test/",
        "/\\evil.test/",
        "\\\\evil.test/",
        "/help/\r\nSet-Cookie: a=b",
        "/help/\t",
        "\n/help/",
        "javascript:alert(1)",
        "help/",
        "/no-such-page/",
        "/admin/",
        "/sso/handoff/",
        "/sso/handoff/?token=x",
        "/說明/",
        "http:///help/",
    ],
)
def test_any_other_place_leads_home(path: str, client: Client) -> None:
    assert come(client, token(), next=path)["Location"] == "/"


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_no_other_method_is_answered(method: str, client: Client) -> None:
    assert getattr(client, method)(HANDOFF).status_code == 405


@pytest.mark.parametrize(
    ("state", "most"),
    [
        ("first visit", 8),
        ("nothing new", 8),
        ("data changed", 8),
        # A browser that comes with a session of ours: that session and its person are read, and it is ended.
        ("earlier session", 8 + 1),
        ("data changed, earlier session", 8 + 2),
    ],
)
def test_a_whole_hand_off_takes_at_most_eight_queries(
    state: str, most: int, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    if state != "first visit":
        come(client, token())
    if "earlier session" not in state:
        client.cookies.clear()
    claims = {"condition": "退休", "unit": "退休人員"} if "data changed" in state else {}
    with django_assert_max_num_queries(most):
        assert come(client, token(jti="b" * 16, **claims)).status_code == 303
    assert who(client) == "z99999"
