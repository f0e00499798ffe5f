import pytest

from accounts.models import Person
from mailboxes import names
from mailboxes.models import MailService, ReservedName
from tests.conftest import MakePerson
from tests.unit.mailboxes.conftest import Take


def offered(service: MailService, person: Person) -> list[str]:
    return [offer.name for offer in names.offered(service, person)]


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
    expected = "hsiaoming hmwang wanghm hsiaomingwang wanghsiaoming hsiaoming.wang wang.hsiaoming hm.wang"
    assert offered(mx, wang) == expected.split()


def test_single_numbers_can_be_reserved_however_many(mx: MailService, make_person: MakePerson) -> None:
    for number in range(2, 12):
        ReservedName.objects.create(word=f"suharto{number}")
    person = make_person("z1", passport_name="SUHARTO")
    assert offered(mx, person) == ["suharto", "suharto12", "suharto13", "suharto14", "suharto15"]
