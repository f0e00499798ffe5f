"""What a county says of somebody, as the portal takes it over."""

from typing import Any

import pytest
from django.utils.translation import override

from accounts.counties.claims import person_data
from accounts.counties.refusals import Refused
from accounts.counties.registry import CLAIMS, County
from accounts.people import PersonData, bring_up_to_date

PAIRWISE = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def county(**claims: str) -> County:
    return County(
        code="kh",
        on=True,
        position=15,
        name_zh="高雄市",
        name_en="Kaohsiung City",
        suffix="kh",
        issuer="https://kh.county.example",
        claims=CLAIMS | claims,
    )


def data(subject: str = "aa1234", *, at: County | None = None, **claims: Any) -> PersonData:
    return person_data(at or county(), subject, {"name": "陳老師"} | claims, "zh-hant")


@pytest.mark.parametrize("name", [None, "", "  ", 7, ["陳老師"], "陳\n老師", "陳" * 101, "\u115f\u3164", "\u2800"])
def test_without_a_name_there_is_nobody(name: Any) -> None:
    with pytest.raises(Refused) as refused:
        data(name=name)
    assert refused.value.code == "no-name"


def test_a_name_is_kept_composed_and_without_spaces_around_it() -> None:
    assert data(name=" Rene\u0301 ").name == "René"


@pytest.mark.parametrize(
    ("subject", "claims", "number"),
    [
        ("x1", {"preferred_username": "aa1234", "email": "bb@kh.edu.tw"}, "aa1234"),
        ("x1", {"email": "bb@kh.edu.tw"}, "bb"),
        ("x1", {"preferred_username": 7, "email": ["bb"]}, "x1"),
        ("x1", {"preferred_username": "a" * 33}, "x1"),
        ("x1", {}, "x1"),
    ],
)
def test_the_number_is_the_account_as_its_owner_knows_it(subject: str, claims: dict[str, Any], number: str) -> None:
    assert data(subject, **claims).number == number


def test_of_a_pairwise_subject_alone_a_number_is_made_that_stays_the_same() -> None:
    number = data(PAIRWISE).number
    assert number == data(PAIRWISE).number != data(PAIRWISE.replace("e", "f")).number
    assert number.startswith("kh")
    assert len(number) == 10
    assert number.isalnum()
    assert number.islower()


@pytest.mark.parametrize(
    ("titles", "roles", "category"),
    [
        (["教師", "導師"], ["教師", "導師"], "staff"),
        (["學生"], ["學生"], "student"),
        (["學生", "教師"], ["學生", "教師"], "staff"),
        (["家長"], ["家長"], ""),
        ("學生", ["學生"], "student"),
        (
            [{"schoolid": "173601", "titles": ["教師"]}, {"schoolid": "173602", "titles": ["學生", "教師"]}],
            ["教師", "學生"],
            "staff",
        ),
        ([{"schoolid": 7, "titles": "學生"}], ["學生"], "student"),
        ([None, 7, {}, {"titles": None}, ["教師"], "教\n師", "長" * 33], [], ""),
        ([], [], ""),
        (None, None, None),
        (7, None, None),
        ("", None, None),
        ({"titles": None}, None, None),
        ({"titles": ["學生"]}, ["學生"], "student"),
    ],
)
def test_titles_say_who_teaches_and_who_learns(titles: Any, roles: list[str] | None, category: str | None) -> None:
    found = data(titles=titles)
    assert (found.roles, found.category) == (roles, category)


def test_no_more_roles_are_kept_than_anybody_has() -> None:
    assert len(data(titles=[f"職務{number}" for number in range(1000)]).roles or []) == 20


def test_the_school_is_the_one_that_is_said_or_the_first_of_the_titles() -> None:
    titles = [{"schoolid": "583301", "titles": ["學生"]}]
    assert data(schoolid="173601", titles=titles).school_code == "173601"
    assert data(titles=titles).school_code == "583301"
    assert data().school_code is None
    assert data(schoolid="").school_code == ""


@pytest.mark.parametrize(("guid", "kept"), [("6f1c", "6f1c"), ("", ""), ("x" * 65, None), (None, None), ({}, None)])
def test_the_guid_is_kept_where_it_is_one(guid: Any, kept: str | None) -> None:
    assert data(guid=guid).guid == kept


def test_a_county_may_have_its_facts_elsewhere() -> None:
    at = county(name="kh_profile.name", titles="kh_titles")
    found = person_data(at, "s", {"name": "不是", "kh_profile": {"name": "陳老師"}, "kh_titles": ["教師"]}, "en")
    assert (found.name, found.category, found.source) == ("陳老師", "staff", "county:kh")
    with pytest.raises(Refused):
        person_data(at, "s", {"name": "陳老師", "kh_profile": "陳老師"}, "en")


def test_a_county_has_its_name_in_the_language_of_the_page() -> None:
    with override("en"):
        assert county().name == "Kaohsiung City"
    with override("zh-hant"):
        assert county().name == "高雄市"


@pytest.mark.django_db
def test_an_answer_that_lacks_something_changes_nothing_of_it_and_an_explicit_one_does() -> None:
    """Or else one answer without titles would begin the end of a teacher's mailbox."""
    whole = bring_up_to_date(data(titles=["教師"], guid="6f1c", schoolid="173601"))
    for left_out in (data(), data(titles=7, guid={}, schoolid=None)):
        person = bring_up_to_date(left_out)
        assert (person.pk, person.category, person.roles) == (whole.pk, "staff", ["教師"])
        assert (person.guid, person.school_code) == ("6f1c", "173601")
    person = bring_up_to_date(data(titles=[], guid="", schoolid="173602"))
    assert (person.category, person.roles, person.guid, person.school_code) == ("", [], "", "173602")


@pytest.mark.django_db
def test_somebody_new_of_whom_nothing_is_said_is_neither() -> None:
    person = bring_up_to_date(data())
    person.refresh_from_db()
    assert (person.category, person.roles, person.guid, person.school_code) == ("", [], "", "")
