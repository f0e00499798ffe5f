from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Person
from mailboxes.applying import names
from mailboxes.models import Mailbox, MailService, ReservedName
from tests.conftest import MakePerson

FIVE = ("hsiaoming", "hmwang", "wanghm", "hsiaomingwang", "wanghsiaoming")
EIGHT = [*FIVE, "hsiaoming.wang", "hsiao-ming", "wang.hsiaoming"]

Take = Callable[..., None]


@pytest.fixture
def mx(services: dict[str, MailService]) -> MailService:
    return services["mx"]


@pytest.fixture
def take(mx: MailService) -> Take:
    """Give names to somebody else, or with ``person`` to that person; whether they still want them makes no difference."""
    other = Person.objects.create(source="campus", subject="other", username="campus:other")

    def taken(*local_parts: str, person: Person = other, state: str = "cancelled", **fields: Any) -> None:
        for local_part in local_parts:
            stem, number = names.stem_of(local_part)
            fields = {"domain": mx.domain, "service": mx} | fields
            Mailbox.objects.create(
                person=person, local_part=local_part, stem=stem, stem_number=number, state=state, **fields
            )

    return taken


def offered(service: MailService, person: Person) -> list[str]:
    return [offer.name for offer in names.offered(service, person)]


# --- from the passport name ---------------------------------------------------------------------------------------


def test_the_first_comer_gets_eight_plain_names(mx: MailService, wang: Person) -> None:
    assert offered(mx, wang) == EIGHT
    assert {offer.domain for offer in names.offered(mx, wang)} == {"mx.nthu.edu.tw"}


def test_each_name_says_what_it_is_made_of_in_both_languages(mx: MailService, wang: Person) -> None:
    first, second, *_ = names.offered(mx, wang)
    assert (first.why, second.why) == ("given", "initials-surname")
    with translation.override("en"):
        assert (first.reason, second.reason) == ("given name", "initials and surname")


@pytest.mark.parametrize(
    ("passport_name", "expected"),
    [
        ("SUHARTO", "suharto suharto2 suharto3 suharto4 suharto5"),
        ("SUHARTO,", "suharto suharto2 suharto3 suharto4 suharto5"),
        ("LI,E", "eli lie e.li li.e eli2"),
        ("X", "x10 x11 x12 x13 x14"),
        ("WU", "wu2 wu3 wu4 wu5 wu6"),
        ("王小明", "wangxiaoming wang-xiao-ming wangxiaoming2 wangxiaoming3 wangxiaoming4"),
        ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrst" + "".join(f" abcdefghijklmnopqrs{n}" for n in (2, 3, 4, 5))),
    ],
)
def test_numbers_fill_the_list_where_a_name_has_few_forms(
    mx: MailService, make_person: MakePerson, passport_name: str, expected: str
) -> None:
    assert offered(mx, make_person("z1", passport_name=passport_name)) == expected.split()


def test_a_taken_name_is_not_offered_and_neither_is_one_too_much_like_it(mx: MailService, wang: Person, take: Take) -> None:
    take("hsiaoming", "h.m-wang")
    assert offered(mx, wang) == ["wanghm", "hsiaomingwang", "wanghsiaoming", "hsiaoming.wang", "wang.hsiaoming", "wang.hm"]


@pytest.mark.parametrize("state", ["pending", "suspended", "cancelled"])
def test_a_name_once_taken_is_never_free_again(mx: MailService, wang: Person, take: Take, state: str) -> None:
    take("hmwang", state=state)
    assert "hmwang" not in offered(mx, wang)


def test_a_name_in_another_domain_is_nobody_s_business(mx: MailService, wang: Person, take: Take) -> None:
    take("hmwang", domain="gapp.nthu.edu.tw")
    assert "hmwang" in offered(mx, wang)


def test_a_name_of_another_service_in_the_same_domain_is_taken(
    mx: MailService, wang: Person, take: Take, services: dict[str, MailService]
) -> None:
    take("hmwang", service=services["gapp"], person=wang)
    assert "hmwang" not in offered(mx, wang)


def test_when_every_form_is_taken_the_shortest_get_numbers(mx: MailService, wang: Person, take: Take) -> None:
    take(*FIVE)
    assert offered(mx, wang) == ["hmwang2", "wanghm2", "hsiaoming2", "hsiaomingwang2", "wanghsiaoming2"]
    assert {offer.why for offer in names.offered(mx, wang)} == {"number"}


def test_numbers_only_make_up_what_is_missing(mx: MailService, wang: Person, take: Take) -> None:
    take("hsiaoming", "hmwang", "wanghm", "wanghsiaoming")
    assert offered(mx, wang) == ["hsiaomingwang", "hsiaoming.wang", "hmwang2", "wanghm2", "hsiaoming2"]


def test_the_smallest_free_number_is_found_in_every_gap(mx: MailService, make_person: MakePerson, take: Take) -> None:
    take("suharto", "suharto2", "suharto3", "suharto5", "suharto.7", "suharto8", "suharto9", "suharto11", "suharto1")
    assert offered(mx, make_person("z1", passport_name="SUHARTO")) == [f"suharto{n}" for n in (4, 6, 10, 12, 13)]


def test_a_long_number_counts_in_the_length_of_a_name(mx: MailService, wang: Person, take: Take) -> None:
    take(*FIVE, *(f"hmwang{number}" for number in range(2, 1000)))
    assert offered(mx, wang) == ["wanghm2", "hsiaoming2", "hmwang1000", "hsiaomingwang2", "wanghsiaoming2"]


def test_a_full_name_gives_way_to_the_number(mx: MailService, make_person: MakePerson, take: Take) -> None:
    mx.longest_name = 8
    take("suharton", *(f"suharto{number}" for number in range(2, 9)))
    person = make_person("z1", passport_name="SUHARTONO")
    assert offered(mx, person) == ["suharto9", "suhart10", "suhart11", "suhart12", "suhart13"]


# --- reserved words -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("passport_name", "expected"),
    [
        ("ROOT,ANN", "ann aroot roota annroot rootann"),
        ("LE,NOC", "nle len nocle lenoc n.le le.n"),
        ("AD,MIN", "min mad adm minad min.ad m.ad ad.m"),
    ],
)
def test_roles_are_reserved_whole_and_as_parts(
    mx: MailService, make_person: MakePerson, passport_name: str, expected: str
) -> None:
    assert offered(mx, make_person("z1", passport_name=passport_name)) == expected.split()


def test_digits_at_the_end_make_no_role_a_name(mx: MailService, make_person: MakePerson) -> None:
    with pytest.raises(names.NoUsableName) as refusal:
        names.offered(mx, make_person("z1", passport_name="ADMIN"))
    assert refusal.value.code == "none-left"


@pytest.mark.parametrize("passport_name", ["HASSAN,MICHELLE", "HANCOCK,DICKSON", "LARSEN,ADMINIA", "NEWSOME,ROOTE"])
def test_people_whose_names_hold_a_reserved_word_get_their_names(
    mx: MailService, make_person: MakePerson, passport_name: str
) -> None:
    for word in ("ass", "hell", "cock", "dick", "arse"):
        ReservedName.objects.create(word=word)
    surname, given = passport_name.lower().split(",")
    assert offered(mx, make_person("z1", passport_name=passport_name))[:4] == [
        given,
        given[0] + surname,
        surname + given[0],
        given + surname,
    ]


def test_an_administrator_can_reserve_a_name_with_its_spellings_and_numbers(
    mx: MailService, wang: Person, take: Take
) -> None:
    ReservedName.objects.create(word="hmwang")
    assert not {"hmwang", "hm.wang"} & set(offered(mx, wang))
    take("hsiaoming", "wanghm", "hsiaomingwang", "wanghsiaoming")
    assert offered(mx, wang) == ["wanghm2", "hsiaoming2", "hsiaomingwang2", "wanghsiaoming2", "wanghm3"]


def test_an_administrator_can_reserve_a_part(mx: MailService, wang: Person) -> None:
    ReservedName.objects.create(word="ming")
    assert offered(mx, wang) == [name for name in [*EIGHT, "hm.wang"] if name != "hsiao-ming"]


def test_single_numbers_can_be_reserved_however_many(mx: MailService, make_person: MakePerson) -> None:
    for number in range(2, 12):
        ReservedName.objects.create(word=f"suharto{number}")
    person = make_person("z1", passport_name="SUHARTO")
    assert offered(mx, person) == ["suharto", "suharto12", "suharto13", "suharto14", "suharto15"]


# --- what the person cancelled before -----------------------------------------------------------------------------


def test_a_name_that_the_person_cancelled_is_theirs_to_have_again(mx: MailService, wang: Person, take: Take) -> None:
    take("hmwang", person=wang)
    take("hsiaoming")
    assert offered(mx, wang)[0] == "hmwang"


def test_it_is_offered_even_where_it_is_none_of_the_plain_names(mx: MailService, wang: Person, take: Take) -> None:
    take("wang.hm", "hmwang7", person=wang)
    assert offered(mx, wang) == [*EIGHT[:6], "wang.hm", "hmwang7"]
    assert [offer.why for offer in names.offered(mx, wang)][-2:] == ["surname-dot-initials", "held"]


def test_of_many_cancelled_names_the_latest_three_come_back(mx: MailService, wang: Person, take: Take) -> None:
    take("hmwang7", "hmwang8", "hmwang9", "hmwang10", person=wang)
    assert offered(mx, wang) == [*FIVE, "hmwang10", "hmwang9", "hmwang8"]


def test_a_cancelled_name_that_was_reserved_since_does_not_come_back(mx: MailService, wang: Person, take: Take) -> None:
    take("hmwang7", "mwang", person=wang)
    ReservedName.objects.create(word="hmwang7")
    ReservedName.objects.create(word="mwang")
    assert offered(mx, wang) == EIGHT


def test_a_cancelled_name_that_has_become_too_long_does_not_come_back(mx: MailService, wang: Person, take: Take) -> None:
    take("wanghm22222222", person=wang)
    mx.longest_name = 13
    assert offered(mx, wang) == [*FIVE, "hsiao.wang", "hsiao-ming", "wang.hsiao"]


def test_a_cancelled_name_of_another_domain_does_not_come_back(mx: MailService, wang: Person, take: Take) -> None:
    take("hmwang7", person=wang, domain="oz.nthu.edu.tw")
    assert offered(mx, wang) == EIGHT


def test_the_name_of_a_mailbox_in_use_is_no_candidate(mx: MailService, wang: Person, take: Take) -> None:
    take("hmwang", person=wang, state="pending")
    assert "hmwang" not in offered(mx, wang)


# --- where nothing can be made ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("passport_name", "code", "text"),
    [
        ("", "no-passport-name", "No passport name is known"),
        ("\u3000 ", "no-passport-name", "No passport name is known"),
        ("., -'", "nothing-left", "with the letters A to Z"),
        ("😀", "nothing-left", "with the letters A to Z"),
        ("POSTMASTER,", "none-left", "reserved or taken"),
    ],
)
def test_it_says_why_no_name_can_be_made(
    mx: MailService, make_person: MakePerson, passport_name: str, code: str, text: str
) -> None:
    with pytest.raises(names.NoUsableName) as refusal, translation.override("en"):
        names.offered(mx, make_person("z1", passport_name=passport_name))
    assert refusal.value.code == code
    with translation.override("en"):
        assert text in str(refusal.value)


def test_a_domain_by_entry_year_needs_one(mx: MailService, wang: Person) -> None:
    mx.domain = "m{entry_year}.nthu.edu.tw"
    with pytest.raises(names.NoUsableName) as refusal:
        names.offered(mx, wang)
    assert refusal.value.code == "no-entry-year"
    wang.entry_year = 98
    assert names.offered(mx, wang)[0].domain == "m98.nthu.edu.tw"


def test_a_domain_that_older_entry_years_do_not_share_needs_one_too(mx: MailService, wang: Person) -> None:
    mx.older_domain, mx.older_until = "oz.nthu.edu.tw", 97
    with pytest.raises(names.NoUsableName) as refusal:
        names.offered(mx, wang)
    assert refusal.value.code == "no-entry-year"


def test_a_service_whose_names_nobody_can_have_offers_none(mx: MailService, wang: Person) -> None:
    mx.shortest_name = mx.longest_name = 40
    with pytest.raises(names.NoUsableName) as refusal:
        names.offered(mx, wang)
    assert refusal.value.code == "none-left"


# --- fixed names --------------------------------------------------------------------------------------------------


@pytest.fixture
def fixed(services: dict[str, MailService]) -> MailService:
    return services["student"]


@pytest.mark.parametrize(
    ("number", "entry_year", "name", "domain"),
    [
        ("9800011", 98, "s9800011", "m98.nthu.edu.tw"),
        ("9700011", 97, "s9700011", "oz.nthu.edu.tw"),
        ("X1100011", 110, "sx1100011", "m110.nthu.edu.tw"),
    ],
)
def test_a_fixed_name_follows_the_number_and_the_entry_year(
    fixed: MailService, make_person: MakePerson, number: str, entry_year: int, name: str, domain: str
) -> None:
    assert names.offered(fixed, make_person(number, entry_year=entry_year)) == [names.Offer(name, "fixed", domain)]


def test_a_fixed_name_that_somebody_has_is_not_offered(fixed: MailService, student: Person, take: Take) -> None:
    take("s-9800011", domain="m98.nthu.edu.tw", service=fixed)
    assert names.offered(fixed, student) == []


def test_a_fixed_name_that_an_administrator_reserved_is_not_offered(fixed: MailService, student: Person) -> None:
    ReservedName.objects.create(word="s9800011")
    assert names.offered(fixed, student) == []


def test_a_fixed_name_can_be_had_again_after_cancelling(fixed: MailService, student: Person, take: Take) -> None:
    take("s9800011", domain="m98.nthu.edu.tw", service=fixed, person=student)
    assert offered(fixed, student) == ["s9800011"]


@pytest.mark.parametrize(
    ("facts", "code"),
    [({"number": ""}, "no-number"), ({"entry_year": None}, "no-entry-year"), ({"number": "98 0011"}, "unfit-number")],
)
def test_it_says_what_a_fixed_name_lacks(fixed: MailService, student: Person, facts: dict[str, Any], code: str) -> None:
    for field, value in facts.items():
        setattr(student, field, value)
    with pytest.raises(names.NoUsableName) as refusal:
        names.offered(fixed, student)
    assert refusal.value.code == code


# --- however much is taken ----------------------------------------------------------------------------------------


def test_two_questions_are_enough_whatever_is_taken(
    mx: MailService, fixed: MailService, wang: Person, student: Person, make_person: MakePerson, take: Take
) -> None:
    def questions(service: MailService, person: Person) -> int:
        with CaptureQueriesContext(connection) as queries:
            names.offered(service, person)
        return len(queries)

    assert questions(mx, wang) == 1
    assert questions(fixed, student) == 1
    take(*FIVE, *(f"{stem}{number}" for stem in FIVE for number in range(2, 60)))
    assert questions(mx, wang) == 2
    assert offered(mx, wang)[0] == "hmwang60"
    assert questions(mx, make_person("z1", passport_name="ABCDEFGHIJKLMNOPQRSTU VWXYZ," * 3)) <= 2


def test_the_same_person_sees_the_same_list_until_a_name_is_taken(mx: MailService, wang: Person, take: Take) -> None:
    before = names.offered(mx, wang)
    assert names.offered(mx, wang) == before
    take("hmwang")
    assert offered(mx, wang)[:7] == [offer.name for offer in before if offer.name != "hmwang"]


ORDINARY = settings(
    database=None,
    derandomize=True,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@ORDINARY
@given(
    passport_name=st.text(max_size=70) | st.text("ABE ,-'", max_size=30),
    shortest=st.integers(1, 6),
    longest=st.integers(6, 64),
)
def test_anybody_gets_five_to_eight_good_names_or_a_reason(
    mx: MailService, wang: Person, take: Take, passport_name: str, shortest: int, longest: int
) -> None:
    mx.shortest_name, mx.longest_name, wang.passport_name = shortest, longest, passport_name
    Mailbox.objects.all().delete()
    seen: set[tuple[str, int]] = set()
    for _round in range(3):
        try:
            made = offered(mx, wang)
        except names.NoUsableName:
            assert not seen
            return
        assert 5 <= len(made) <= 8
        assert len(set(made)) == len(made)
        assert not [name for name in made if names.problem(name, shortest=shortest, longest=longest)]
        stems = {names.stem_of(name) for name in made}
        assert not stems & seen
        seen |= stems
        take(*{names.stem_of(name): name for name in made}.values())
