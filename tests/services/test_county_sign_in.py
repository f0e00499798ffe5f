"""Signing in with a county, whose provider is a certified one from npm."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import time_machine
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings
from pytest_django.asserts import assertContains, assertNotContains

from accounts.counties.refusals import ERRORS
from accounts.models import AuditEvent, Person
from tests import servers
from tests.conftest import SignIn
from tests.services import county_provider
from tests.services.county_provider import Visitor, county

pytestmark = pytest.mark.skipif(
    not shutil.which("node") or not Path("tests/node_modules/oidc-provider").exists(),
    reason="oidc-provider was not run: npm ci --prefix tests",
)
CALLBACK = "/counties/kl/callback/"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    port = servers.free_port()
    with county_provider.running(port):
        yield port


@pytest.fixture
def browser(port: int, settings: Settings, db: None) -> Client:
    cache.clear()  # of the refusals counted so far
    settings.COUNTIES = (county(port),)
    return Client(headers={"accept-language": "en"})


def there_and_back(client: Client, visitor: Visitor, code: str = "kl") -> str:
    """Go to the county and do what it asks; the address that it sends the browser back to."""
    response = client.get(f"/counties/{code}/")
    assert response.status_code == 302, response.content.decode()
    return visitor.follow(response["Location"])


def link(client: Client, visitor: Visitor) -> HttpResponse:
    page = client.post("/configure/county/", {"county": "kl"})
    return client.get(visitor.follow(page.context["address"]))  # type: ignore[return-value]


def assert_refused(response: HttpResponse, code: str) -> None:
    assertContains(response, f'<span class="address">{code}</span>', status_code=403)
    reference = AuditEvent.objects.get(verb="county.refused", details__code=code).details["reference"]
    assertContains(response, reference, status_code=403)


def test_a_teacher_signs_in_with_what_the_county_says_of_them(browser: Client) -> None:
    response = browser.get(there_and_back(browser, Visitor("aa1234")))
    assert (response.status_code, response["Location"]) == (302, "/")
    person = Person.objects.get()
    assert (person.source, person.subject, person.number, person.name) == ("county:kl", "aa1234", "aa1234", "陳老師")
    assert (person.category, person.guid, person.school_code) == ("staff", "6f1c-0001", "173601")
    assert person.roles == ["教師", "導師"]
    assertContains(browser.get("/configure/"), "陳老師")


def test_a_pairwise_subject_without_account_or_mail_is_a_person_as_good_as_any(
    browser: Client, port: int, settings: Settings
) -> None:
    settings.COUNTIES = (county(port, client_id="by-post", token_method="client_secret_post"),)
    numbers = set()
    for _ in range(2):
        browser.get(there_and_back(browser, Visitor("bb5678")))
        person = Person.objects.get()
        numbers.add(person.number)
    assert len(person.subject) == 64
    assert len(numbers) == 1
    assert person.number.startswith("kl")
    assert (person.category, person.school_code) == ("student", "583301")


def test_a_later_sign_in_brings_the_data_up_to_date(browser: Client) -> None:
    browser.get(there_and_back(browser, Visitor("aa1234")))
    Person.objects.update(name="陳小姐", school_code="", roles=["學生"])
    browser.get(there_and_back(browser, Visitor("aa1234")))
    person = Person.objects.get()
    assert (person.name, person.school_code, person.roles) == ("陳老師", "173601", ["教師", "導師"])


def test_the_same_account_of_two_counties_is_two_people(browser: Client, port: int, settings: Settings) -> None:
    other = servers.free_port()
    with county_provider.running(other, "tp"):
        settings.COUNTIES = (county(port), county(other, "tp", position=2, name_zh="臺北市"))
        browser.get(there_and_back(browser, Visitor("aa1234")))
        browser.get(there_and_back(browser, Visitor("aa1234"), "tp"))
    assert set(Person.objects.values_list("source", "subject")) == {("county:kl", "aa1234"), ("county:tp", "aa1234")}


def test_a_county_that_has_a_new_key_is_believed_at_once(browser: Client, settings: Settings) -> None:
    port = servers.free_port()
    settings.COUNTIES = (county(port),)
    for _ in range(2):
        with county_provider.running(port):  # with new keys, while the old ones are still kept here
            assert browser.get(there_and_back(browser, Visitor("aa1234")))["Location"] == "/"


def test_nobody_is_made_without_a_name(browser: Client) -> None:
    assert_refused(browser.get(there_and_back(browser, Visitor("nameless"))), "no-name")
    assert not Person.objects.exists()


def test_nobody_is_made_without_the_data_that_they_did_not_agree_to_hand_on(browser: Client) -> None:
    assert_refused(browser.get(there_and_back(browser, Visitor("unlisted"))), "data-refused")
    assert not Person.objects.exists()


def test_whoever_declines_at_the_county_may_try_again(browser: Client) -> None:
    response = browser.get(there_and_back(browser, Visitor(error="access_denied")))
    assert_refused(response, "access-denied")
    assertContains(response, 'href="/counties/kl/"', status_code=403)


@pytest.mark.parametrize("error", [*ERRORS, "no_such_error", ""])
def test_every_error_of_the_standard_has_its_page(error: str, browser: Client) -> None:
    sent = parse_qs(urlsplit(browser.get("/counties/kl/")["Location"]).query)
    response = browser.get(CALLBACK, {"state": sent["state"][0], "error": error, "error_description": "<b>lies</b>"})
    assert_refused(response, error.replace("_", "-") if error in ERRORS else "unknown-error")
    assertNotContains(response, "lies", status_code=403)
    assertNotContains(response, "no_such_error", status_code=403)


def test_a_callback_is_good_once(browser: Client) -> None:
    back = there_and_back(browser, Visitor("aa1234"))
    browser.get(back)
    assert_refused(browser.get(back), "state-unknown")
    assert browser.session["_auth_user_id"] == str(Person.objects.get().pk)


def test_a_callback_is_good_in_its_own_browser_only(browser: Client) -> None:
    back = there_and_back(browser, Visitor("aa1234"))
    assert_refused(Client(headers={"accept-language": "en"}).get(back), "state-unknown")
    assert not Person.objects.exists()


def test_a_callback_an_hour_late_is_lost(browser: Client) -> None:
    back = there_and_back(browser, Visitor("aa1234"))
    with time_machine.travel(timezone.now().timestamp() + 3600):
        assert_refused(browser.get(back), "state-unknown")
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    "query", [{}, {"code": "forged"}, {"code": "forged", "state": "forged"}, {"error": "access_denied"}]
)
def test_a_forged_callback_is_refused(query: dict[str, str], browser: Client) -> None:
    there_and_back(browser, Visitor("aa1234"))
    assert_refused(browser.get(CALLBACK, query), "state-unknown")


def test_somebody_elses_code_does_not_sign_in(browser: Client) -> None:
    """Injected into one's own sign-in: the provider refuses it, for the PKCE verifier is another one."""
    stranger = Client()
    stolen = parse_qs(urlsplit(there_and_back(stranger, Visitor("aa1234"))).query)["code"]
    own = parse_qs(urlsplit(there_and_back(browser, Visitor("bb5678"))).query)
    response = browser.get(f"{CALLBACK}?{urlencode(own | {'code': stolen}, doseq=True)}")
    assert_refused(response, "invalid-grant")
    assert not Person.objects.exists()


def test_what_is_asked_of_the_county_is_fixed_here(browser: Client) -> None:
    """allauth would let the visitor's address add scopes and parameters."""
    response = browser.get("/counties/kl/", {"scope": "admin", "auth_params": "prompt=none", "process": "connect"})
    sent = parse_qs(urlsplit(response["Location"]).query)
    assert sent["scope"] == ["openid email profile openid2 eduinfo educloudroles"]
    assert sent["code_challenge_method"] == ["S256"]
    assert len(sent["nonce"][0]) == 64
    assert "prompt" not in sent
    assert browser.get(Visitor("aa1234").follow(response["Location"]))["Location"] == "/"


def test_a_county_switched_off_in_the_middle(browser: Client, port: int, settings: Settings) -> None:
    back = there_and_back(browser, Visitor("aa1234"))
    settings.COUNTIES = (county(port, on=False),)
    assert_refused(browser.get(back), "county-off")
    assert not Person.objects.exists()


def test_a_wrong_secret_is_not_the_visitors_fault(browser: Client, port: int, settings: Settings) -> None:
    settings.COUNTIES = (county(port, secret="wrong"),)
    assert_refused(browser.get(there_and_back(browser, Visitor("aa1234"))), "token-refused")


def test_a_closed_account_stays_closed(browser: Client) -> None:
    browser.get(there_and_back(browser, Visitor("aa1234")))
    Person.objects.update(is_active=False, name="陳小姐")
    fresh = Client(headers={"accept-language": "en"})
    assert_refused(fresh.get(there_and_back(fresh, Visitor("aa1234"))), "account-closed")
    assert Person.objects.get().name == "陳小姐"
    assert "_auth_user_id" not in fresh.session


def test_signing_in_begins_a_new_session(browser: Client) -> None:
    back = there_and_back(browser, Visitor("aa1234"))
    before = browser.session.session_key
    browser.get(back)
    assert browser.session.session_key != before
    assert not browser.session.exists(before or "")


def test_our_part_asks_the_database_ten_times_at_most(browser: Client) -> None:
    for _ in range(2):  # the first visit, and a later one
        with CaptureQueriesContext(connection) as asked:
            browser.get(there_and_back(browser, Visitor("aa1234")))
        # In a test the outermost transactions are savepoints, which elsewhere are none.
        queries = [query["sql"] for query in asked if "SAVEPOINT" not in query["sql"]]
        assert len(queries) <= 10, "\n".join(queries)


def test_no_secret_is_logged(browser: Client, caplog: pytest.LogCaptureFixture) -> None:
    back = there_and_back(browser, Visitor("aa1234"))
    with caplog.at_level("DEBUG"):
        browser.get(back)
    code = parse_qs(urlsplit(back).query)["code"][0]
    assert "signed in from 127.0.0.1 by county kl" in caplog.text
    assert code not in caplog.text
    assert county_provider.SECRET not in caplog.text


def test_a_linked_account_is_a_second_way_in(browser: Client, wang: Person, sign_in: SignIn) -> None:
    response = link(sign_in(wang), Visitor("aa1234"))
    assert response["Location"] == "/configure/"
    browser.get(there_and_back(browser, Visitor("aa1234")))
    assert browser.session["_auth_user_id"] == str(wang.pk)
    assertContains(browser.get("/configure/"), "You have come in by this account.")
    person = Person.objects.get()
    assert (person.name, person.number, person.condition) == ("王小明", "z99999", "一般")
    assert (person.guid, person.roles) == ("6f1c-0001", ["教師", "導師"])
    event = AuditEvent.objects.get(verb="county.linked")
    assert (event.person, event.actor, event.details) == (wang, wang, {"source": "county:kl"})


def test_linking_twice_changes_nothing(browser: Client, wang: Person, sign_in: SignIn) -> None:
    for _ in range(2):
        assert link(sign_in(wang), Visitor("aa1234"))["Location"] == "/configure/"
    assert SocialAccount.objects.get().user_id == wang.pk
    assert AuditEvent.objects.filter(verb="county.linked").count() == 1


def test_an_account_that_is_somebody_here_cannot_be_taken_over(browser: Client, wang: Person, sign_in: SignIn) -> None:
    browser.get(there_and_back(browser, Visitor("aa1234")))
    assert_refused(link(sign_in(wang), Visitor("aa1234")), "taken")
    assert not SocialAccount.objects.exists()


def test_a_linked_account_cannot_be_linked_by_another(
    browser: Client, wang: Person, professor: Person, sign_in: SignIn
) -> None:
    link(sign_in(wang), Visitor("aa1234"))
    assert_refused(link(sign_in(professor), Visitor("aa1234")), "taken")
    assert SocialAccount.objects.get().user_id == wang.pk


def test_a_link_begun_by_one_is_not_ended_by_another(
    browser: Client, wang: Person, professor: Person, sign_in: SignIn
) -> None:
    client = sign_in(wang)
    begun = client.post("/configure/county/", {"county": "kl"}).context["address"]
    back = Visitor("aa1234").follow(begun)
    session = client.session
    session["_auth_user_id"] = str(professor.pk)
    session["_auth_user_hash"] = professor.get_session_auth_hash()
    session.save()
    assert_refused(client.get(back), "signed-out-meanwhile")
    assert not SocialAccount.objects.exists()


def test_no_other_site_can_begin_a_link(browser: Client, wang: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(wang, backend="accounts.backends.PersonBackend")
    assert client.post("/configure/county/", {"county": "kl"}).status_code == 403
