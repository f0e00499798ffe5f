"""The page of the counties, and where it is shown."""

import re

import pytest
from django.conf import settings as site
from django.test import Client
from pytest_django import Settings
from pytest_django.asserts import assertContains, assertNotContains

from accounts.counties.registry import County
from accounts.models import Person
from accounts.people import PersonData, bring_up_to_date
from tests.conftest import MakePerson, SignIn

NAMES = {"kl": ("基隆市", "Keelung City"), "tp": ("臺北市", "Taipei City"), "km": ("金門縣", "Kinmen County")}


@pytest.fixture
def counties(settings: Settings) -> None:
    settings.COUNTIES = tuple(
        County(
            code=code,
            on=code != "tp",
            position=position,
            name_zh=zh,
            name_en=en,
            suffix=code,
            issuer=f"https://{code}.sso.edu.tw",
        )
        for position, (code, (zh, en)) in enumerate(NAMES.items(), 1)
    )


@pytest.fixture
def visitor(db: None) -> Client:
    return Client(headers={"accept-language": "en"})


def listed(client: Client) -> list[str]:
    return re.findall(r'href="/counties/(\w+)/"', client.get("/counties/").content.decode())


def test_an_installation_without_counties_shows_nothing_of_them(visitor: Client, wang: Person, sign_in: SignIn) -> None:
    assert site.COUNTIES == ()
    assert visitor.get("/counties/").status_code == 404
    assert visitor.get("/counties/kl/").status_code == 404
    assert visitor.get("/counties/kl/callback/").status_code == 404
    assertNotContains(visitor.get("/signed-out/"), "county")
    assertNotContains(sign_in(wang).get("/configure/"), "county")
    assert sign_in(wang).get("/configure/county/").status_code == 404


@pytest.mark.usefixtures("counties")
def test_those_that_are_on_stand_in_the_official_order(visitor: Client) -> None:
    assert listed(visitor) == ["kl", "km"]
    assertContains(visitor.get("/counties/"), ">Kinmen County</a>")
    assertContains(Client().get("/counties/"), ">金門縣</a>")
    assertContains(visitor.get("/signed-out/"), 'href="/counties/"')


@pytest.mark.usefixtures("counties")
@pytest.mark.parametrize(("cookie", "order"), [("km", ["km", "kl"]), ("tp", ["kl", "km"]), ("<b>", ["kl", "km"])])
def test_the_one_that_this_browser_took_last_stands_first(cookie: str, order: list[str], visitor: Client) -> None:
    visitor.cookies["county"] = cookie
    assert listed(visitor) == order


@pytest.mark.usefixtures("counties")
def test_one_that_is_off_says_so(visitor: Client) -> None:
    assertContains(visitor.get("/counties/tp/"), "This county or city is not open", status_code=403)
    assert visitor.get("/counties/xx/").status_code == 404


@pytest.mark.usefixtures("counties")
def test_the_page_stays_light(visitor: Client) -> None:
    assert len(visitor.get("/counties/").content) < 20_000


@pytest.mark.usefixtures("counties")
def test_configure_offers_to_link_one(wang: Person, sign_in: SignIn) -> None:
    assertContains(sign_in(wang).get("/configure/"), 'href="/configure/county/"')
    page = sign_in(wang).get("/configure/county/")
    assertContains(page, '<button name="county" value="kl">Keelung City</button>')
    assertNotContains(page, "Taipei")
    assert sign_in(wang).post("/configure/county/", {"county": "xx"}).status_code == 404
    assertContains(sign_in(wang).post("/configure/county/", {"county": "tp"}), "county-off", status_code=403)


@pytest.mark.usefixtures("counties")
@pytest.mark.parametrize("path", ["/", "/configure/"])
def test_it_is_said_that_the_county_sent_the_data(path: str, make_person: MakePerson, sign_in: SignIn) -> None:
    facts = {"condition": "", "passport_name": "", "school_code": "173601", "roles": ["教師", "導師"]}
    page = sign_in(make_person("aa1234", source="county:kl", **facts)).get(path)
    assertContains(page, "Your data, as Keelung City sent them")
    assertContains(page, "教師、導師")
    assertContains(page, "173601")
    assertNotContains(page, "the campus sent")
    assertNotContains(page, "Personnel Office")
    assertNotContains(page, "Condition")
    assertNotContains(page, "Passport name")


@pytest.mark.usefixtures("counties")
def test_nobody_links_without_being_signed_in(visitor: Client) -> None:
    assert visitor.get("/configure/county/")["Location"].startswith("/signed-out/")


def test_no_page_of_allauth_makes_accounts(visitor: Client) -> None:
    for path in ("/accounts/signup/", "/social/signup/", "/3rdparty/signup/", "/oidc/kl/login/"):
        assert visitor.get(path).status_code == 404


def test_a_handoff_leaves_what_a_linked_county_said(wang: Person) -> None:
    Person.objects.filter(pk=wang.pk).update(guid="6f1c-0001", school_code="173601", roles=["教師"])
    bring_up_to_date(
        PersonData(
            source="campus",
            subject="z99999",
            number="z99999",
            name="王大明",
            passport_name="",
            category="staff",
            condition="一般",
        )
    )
    wang.refresh_from_db()
    assert (wang.name, wang.guid, wang.school_code, wang.roles) == ("王大明", "6f1c-0001", "173601", ["教師"])
