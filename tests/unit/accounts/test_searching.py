"""People by part of a number or a name; on PostgreSQL by its index, whose pairs of characters the database makes itself."""

import pytest

from accounts import searching
from accounts.models import Person
from tests.conftest import MakePerson

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def people(make_person: MakePerson) -> None:
    make_person("z99999")
    make_person("r10001", name="林淑芬", passport_name="LIN,SHU-FEN")
    make_person("9800011", name="阿布·巴達伊", passport_name="ABU 100%_\\")


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("小明", ["z99999"]),
        ("明", ["z99999"]),
        ("淑", ["r10001"]),
        ("hsiao", ["z99999"]),
        ("HSIAO-M", ["z99999"]),
        ("ｗａｎｇ　小明", ["z99999"]),
        ("fen lin", ["r10001"]),
        ("0001", ["r10001", "9800011"]),
        ("00_1", []),
        ("100%", ["9800011"]),
        ("%_\\", ["9800011"]),
        ("明小", []),
        ("wang 淑", []),
        ("巴達伊", ["9800011"]),
        ("·", ["9800011"]),
        ("", []),
        ("z", []),
        ("z 小明", ["z99999"]),
    ],
)
def test_every_term_has_to_be_found_somewhere(words: str, numbers: list[str]) -> None:
    found = Person.objects.filter(pk__in=searching.people(words, most=10)).order_by("pk")
    assert [person.number for person in found] == numbers
    assert set(Person.objects.filter(searching.condition(words))) == set(found)
