"""The people of the demo county, held against what the portal makes of them: the two share a contract, not code."""

import pytest

from accounts.counties.claims import person_data
from accounts.counties.refusals import Refused
from accounts.counties.registry import CLAIMS, County
from demo.county.people import COUNTIES, EVERYBODY

ALL = ["openid", "email", "profile", "openid2", "eduinfo", "educloudroles"]


def as_the_portal_has_it(key):
    person = EVERYBODY[key]
    county = County(
        code=person.county,
        on=True,
        position=1,
        name_zh="基隆市",
        name_en="Keelung City",
        suffix=person.county,
        issuer="http://127.0.0.1",
        claims=CLAIMS,
    )
    return person_data(county, person.account, person.claims(ALL) | person.eduinfo(), "zh-hant")


@pytest.mark.parametrize("person", EVERYBODY.values(), ids=EVERYBODY)
def test_everybody_says_what_they_show_in_both_languages(person):
    assert person.shows.endswith("。")
    assert person.shows_en.endswith(".")
    assert person.county in COUNTIES
    assert person.password


@pytest.mark.parametrize(
    ("key", "category", "number"),
    [("kl:aa1234", "staff", "aa1234"), ("kl:bb5678", "student", "bb5678"), ("kl:cc2468", "staff", "cc2468")],
)
def test_teachers_and_pupils_are_what_their_titles_say(key, category, number):
    data = as_the_portal_has_it(key)
    assert (data.category, data.number, data.name) == (category, number, EVERYBODY[key].name)
    assert (data.guid, data.school_code) == (EVERYBODY[key].guid, EVERYBODY[key].schoolid)


def test_a_title_that_is_none_of_the_two_gives_no_category():
    data = as_the_portal_has_it("kl:ee8642")
    assert (data.category, data.roles) == ("", ["退休教師"])


def test_nobody_without_a_name_gets_in():
    with pytest.raises(Refused, match="no-name"):
        as_the_portal_has_it("kl:dd1357")


def test_the_same_account_at_two_counties_is_two_people():
    one, other = as_the_portal_has_it("kl:aa1234"), as_the_portal_has_it("hc:aa1234")
    assert (one.subject, one.source) == ("aa1234", "county:kl")
    assert (other.subject, other.source) == ("aa1234", "county:hc")
    assert one.guid != other.guid


def test_only_what_was_asked_for_is_told():
    person = EVERYBODY["kl:aa1234"]
    assert person.claims([]) == {"sub": "aa1234"}
    assert person.claims(["openid", "email"]).keys() == {"sub", "email", "email_verified"}
    assert "email" not in EVERYBODY["kl:cc2468"].claims(ALL)
