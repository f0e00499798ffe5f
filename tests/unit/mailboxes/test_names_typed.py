import pytest
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from accounts.models import Person
from mailboxes import names
from mailboxes.models import MailService, ReservedName
from tests.unit.mailboxes.conftest import Take

DOMAIN = "mail.edu.tw"


@pytest.fixture
def edu(services: dict[str, MailService]) -> MailService:
    return services["edu"]


def default_of(edu: MailService, person: Person, subject: str) -> str | None:
    person.number = subject
    offer = names.default(edu, person)
    return offer.name if offer else None


# --- the default ------------------------------------------------------------------------------------------------


def test_the_default_is_the_account_and_the_county(edu: MailService, teacher: Person) -> None:
    assert names.default(edu, teacher) == names.Offer("aa1234.kl", "typed", DOMAIN)


def test_one_account_in_two_counties_is_two_names(edu: MailService, teacher: Person) -> None:
    teacher.source = "county:tp"
    assert default_of(edu, teacher, "aa1234") == "aa1234.tp"


def test_a_county_can_have_a_suffix_of_its_own(edu: MailService, teacher: Person) -> None:
    edu.suffixes = {"kl": "keelung"}
    assert default_of(edu, teacher, "aa1234") == "aa1234.keelung"


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ("AA1234", "aa1234.kl"),
        ("ａａ１２３４", "aa1234.kl"),
        ("a.a-1__2", "a.a1_2.kl"),
        (".aa12.", "aa12.kl"),
        ("1130012", "u1130012.kl"),
        ("a", "a.kl10"),
        ("f81d4fae-7dec-11d0-a765", "f81d4fae7dec11d0a.kl"),
        ("aa12@kl.edu.tw", "aa12kl.edu.tw.kl"),
    ],
)
def test_an_account_is_made_to_fit_the_rule(edu: MailService, teacher: Person, subject: str, name: str) -> None:
    assert default_of(edu, teacher, subject) == name
    with translation.override("en"):
        assert names.checked(edu, teacher, name).sentences == ("You can have this name.",)


def test_a_default_that_somebody_has_makes_way_for_the_next(edu: MailService, teacher: Person, take: Take) -> None:
    take("aa12.34kl", service=edu, domain=DOMAIN)
    assert default_of(edu, teacher, "aa1234") == "aa1234.kl2"


@pytest.mark.parametrize("subject", ["王小明", "", "admin"])
def test_an_account_of_which_no_name_can_be_made_has_no_default(edu: MailService, teacher: Person, subject: str) -> None:
    assert default_of(edu, teacher, subject) is None


def test_somebody_without_a_county_has_no_default(edu: MailService, wang: Person) -> None:
    assert names.default(edu, wang) is None


# --- a name of one's own ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "codes", "sentence"),
    [
        ("", ["required"], "Type a name."),
        (" \u3000", ["required"], "Type a name."),
        ("abcde", ["short"], "at least 6 characters"),
        ("a" * 21, ["long"], "at most 20 characters"),
        ("a" * 5000, ["long"], "at most 20 characters"),
        ("hsiao-ming", ["characters"], "these signs can be in a name: . _"),
        ("wang ming", ["characters"], "digits and these signs"),
        ("wang\x00ming", ["characters"], "digits and these signs"),
        ("wang+ming", ["characters"], "digits and these signs"),
        ("1wangming", ["first"], "begins with a letter"),
        ("_wangming", ["first"], "begins with a letter"),
        ("wangming.", ["last"], "ends with a letter or a digit"),
        ("wang._ming", ["doubled"], "side by side"),
        ("王小明", ["short", "characters", "first", "last"], "at least 6 characters"),
    ],
)
def test_it_names_every_rule_that_is_broken(
    edu: MailService,
    teacher: Person,
    django_assert_num_queries: DjangoAssertNumQueries,
    typed: str,
    codes: list[str],
    sentence: str,
) -> None:
    with translation.override("en"), django_assert_num_queries(0):
        verdict = names.checked(edu, teacher, typed)
    assert (list(verdict.codes), verdict.alternatives) == (codes, ())
    assert sentence in verdict.sentences[0]


@pytest.mark.parametrize("typed", ["wangming", "w12345", "wang.ming_2", "a" * 20])
def test_a_name_that_nobody_has_is_free(
    edu: MailService, teacher: Person, django_assert_num_queries: DjangoAssertNumQueries, typed: str
) -> None:
    with django_assert_num_queries(1):
        verdict = names.checked(edu, teacher, typed)
    assert (verdict.name, verdict.codes, verdict.is_free) == (typed, ("free",), True)


@pytest.mark.parametrize("typed", ["WangMing", "ｗａｎｇｍｉｎｇ", " wangming "])
def test_capitals_and_full_width_letters_become_small_ones(edu: MailService, teacher: Person, typed: str) -> None:
    assert names.checked(edu, teacher, typed).name == "wangming"


def test_it_says_that_capitals_became_small(edu: MailService, teacher: Person) -> None:
    with translation.override("en"):
        said = names.checked(edu, teacher, "WangMing").sentences
    assert said == ("Names are in small letters: wangming", "You can have this name.")


@pytest.mark.parametrize("typed", ["wangming", "wang.ming", "wang_ming"])
def test_a_taken_name_comes_with_three_that_are_free(
    edu: MailService, teacher: Person, take: Take, django_assert_num_queries: DjangoAssertNumQueries, typed: str
) -> None:
    take("wangming", "wangming2", service=edu, domain=DOMAIN)
    with django_assert_num_queries(1):
        verdict = names.checked(edu, teacher, typed)
    assert verdict.codes == ("taken",)
    assert verdict.alternatives == (f"{typed}.kl", f"{typed}3", f"{typed}4")
    assert all(names.checked(edu, teacher, name).is_free for name in verdict.alternatives)


def test_a_number_is_set_off_from_a_number(edu: MailService, teacher: Person, take: Take) -> None:
    take("wang1234", service=edu, domain=DOMAIN)
    assert names.checked(edu, teacher, "wang1234").alternatives == ("wang1234.kl", "wang1234.2", "wang1234.3")


def test_alternatives_to_the_longest_name_are_no_longer(edu: MailService, teacher: Person, take: Take) -> None:
    take("a" * 20, service=edu, domain=DOMAIN)
    assert names.checked(edu, teacher, "a" * 20).alternatives == ("a" * 17 + ".kl", "a" * 19 + "2", "a" * 19 + "3")


def test_a_common_word_has_alternatives_however_many_have_it(edu: MailService, teacher: Person, take: Take) -> None:
    take("dragon", "dragon.kl", *(f"dragon{number}" for number in range(2, 1000)), service=edu, domain=DOMAIN)
    assert names.checked(edu, teacher, "dragon").alternatives == ("dragon1000", "dragon1001", "dragon10000")


@pytest.mark.parametrize("typed", ["postmaster", "admin.wang", "webmaster2", "president"])
def test_a_role_is_nobodys_and_nor_is_anything_near_it(edu: MailService, teacher: Person, typed: str) -> None:
    verdict = names.checked(edu, teacher, typed)
    assert (verdict.codes, verdict.alternatives) == (("reserved",), ())


def test_a_word_of_an_administrator_is_not_offered_as_an_alternative(edu: MailService, teacher: Person, take: Take) -> None:
    take("wangming", service=edu, domain=DOMAIN)
    ReservedName.objects.create(word="wangming2")
    assert names.checked(edu, teacher, "wangming").alternatives == ("wangming.kl", "wangming3", "wangming4")


def test_a_name_in_another_domain_is_no_hindrance(edu: MailService, teacher: Person, take: Take) -> None:
    take("wangming")
    assert names.checked(edu, teacher, "wangming").is_free


def test_what_one_cancelled_oneself_can_be_had_again(edu: MailService, teacher: Person, take: Take) -> None:
    take("wangming", service=edu, domain=DOMAIN, person=teacher)
    assert names.checked(edu, teacher, "wangming").is_free
