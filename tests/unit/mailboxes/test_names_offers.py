import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Person
from mailboxes import names
from mailboxes.models import Mailbox, MailService, ReservedName
from tests.conftest import SUSPENDED, MakePerson
from tests.unit.mailboxes.conftest import Take

FIVE = ("hsiaoming", "hmwang", "wanghm", "hsiaomingwang", "wanghsiaoming")
EIGHT = [*FIVE, "hsiaoming.wang", "hsiao-ming", "wang.hsiaoming"]


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
    with translation.override("zh-hant"):
        assert (first.reason, second.reason) == ("名字", "縮寫加姓氏")


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


@pytest.mark.parametrize("state", ["pending", "suspended", "closed", "cancelled"])
def test_a_name_once_taken_is_never_free_again(mx: MailService, wang: Person, take: Take, state: str) -> None:
    closed = {"state": "closed", "cause": "owner", "closes_at": SUSPENDED["held_at"]}
    take("hmwang", **{"suspended": SUSPENDED, "closed": closed}.get(state, {"state": state}))
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


@pytest.mark.parametrize("after", [0, 6, 9])
def test_marking_long_rows_of_numbers_changes_no_answer(
    mx: MailService, make_person: MakePerson, take: Take, after: int
) -> None:
    person = make_person("z1", passport_name="SUHARTO")
    taken = ["suharto", *(f"suharto{number}" for number in (2, 3, 5, 6, 7, 9, 12, 13))]
    take(*taken[:after])
    Mailbox.mark_followed()
    take(*taken[after:])
    assert offered(mx, person) == [f"suharto{n}" for n in (4, 8, 10, 11, 14)]
    Mailbox.mark_followed()
    assert offered(mx, person) == [f"suharto{n}" for n in (4, 8, 10, 11, 14)]
    assert list(Mailbox.objects.filter(followed=True).order_by("pk").values_list("local_part", flat=True)) == [
        "suharto2",
        "suharto5",
        "suharto6",
        "suharto12",
    ]
    assert Mailbox.mark_followed() == 0


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


# --- however much is taken ----------------------------------------------------------------------------------------


def test_two_questions_are_enough_whatever_is_taken(
    mx: MailService, services: dict[str, MailService], wang: Person, student: Person, make_person: MakePerson, take: Take
) -> None:
    def questions(service: MailService, person: Person) -> int:
        with CaptureQueriesContext(connection) as queries:
            names.offered(service, person)
        return len(queries)

    assert questions(mx, wang) == 1
    assert questions(services["student"], student) == 1
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
