import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailboxes.names import problem, stem_of


@pytest.mark.parametrize("name", ["wang", "hm.wang", "hsiao-ming", "a_b", "a1", "a.1", "wang2", "w" * 20])
def test_a_name_by_the_rule_has_no_problem(name: str) -> None:
    assert problem(name, shortest=2, longest=20) is None


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "short"),
        ("ab", "short"),
        ("w" * 21, "long"),
        ("Wang", "characters"),
        ("wang ming", "characters"),
        ("wang\n", "characters"),
        ("wang+1", "characters"),
        ("王小明", "characters"),
        ("wang２", "characters"),
        ("2wang", "first"),
        (".wang", "first"),
        ("wang.", "last"),
        ("wang-", "last"),
        ("hm..wang", "doubled"),
        ("hm._wang", "doubled"),
    ],
)
def test_each_broken_rule_has_its_code(name: str, code: str) -> None:
    assert problem(name, shortest=3, longest=20) == code


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("hmwang", ("hmwang", 1)),
        ("hm.wang", ("hmwang", 1)),
        ("hm-wa_ng", ("hmwang", 1)),
        ("hm.wang2", ("hmwang", 2)),
        ("hmwang.2", ("hmwang", 2)),
        ("hmwang10", ("hmwang", 10)),
        ("hmwang1", ("hmwang1", 1)),
        ("hmwang0", ("hmwang0", 1)),
        ("a007", ("a007", 1)),
        ("a.1-2", ("a", 12)),
        ("s9800011", ("s", 9800011)),
        ("s" + "9" * 18, ("s", 10**18 - 1)),
        ("s" + "9" * 19, ("s" + "9" * 19, 1)),
    ],
)
def test_a_stem_is_the_letters_and_the_number(name: str, stem: tuple[str, int]) -> None:
    assert stem_of(name) == stem


NAMES = st.from_regex(r"[a-z](?:[._-]?[a-z0-9]){0,40}", fullmatch=True)


@settings(database=None, derandomize=True)
@given(NAMES, NAMES)
def test_two_names_share_a_stem_exactly_when_they_differ_in_separators_alone(one: str, other: str) -> None:
    alike = re.sub(r"[._-]", "", one) == re.sub(r"[._-]", "", other)
    assert (stem_of(one) == stem_of(other)) == alike


@settings(database=None, derandomize=True)
@given(NAMES)
def test_separators_never_change_a_stem(name: str) -> None:
    assert stem_of(re.sub(r"[._-]", "", name)) == stem_of(name)
    assert stem_of(name)[1] < 2**63
