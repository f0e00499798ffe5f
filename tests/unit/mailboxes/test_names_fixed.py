from typing import Any

import pytest
from django.utils import translation

from accounts.models import Person
from mailboxes import names
from mailboxes.models import MailService, ReservedName
from tests.conftest import MakePerson
from tests.unit.mailboxes.conftest import Take


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
    with pytest.raises(names.NoUsableName) as refusal:
        names.offered(fixed, student)
    assert refusal.value.code == "taken"


def test_a_fixed_name_that_an_administrator_reserved_is_not_offered(fixed: MailService, student: Person) -> None:
    ReservedName.objects.create(word="s9800011")
    with pytest.raises(names.NoUsableName) as refusal:
        names.offered(fixed, student)
    assert refusal.value.code == "taken"


def test_a_fixed_name_can_be_had_again_after_cancelling(fixed: MailService, student: Person, take: Take) -> None:
    take("s9800011", domain="m98.nthu.edu.tw", service=fixed, person=student)
    assert [offer.name for offer in names.offered(fixed, student)] == ["s9800011"]


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
