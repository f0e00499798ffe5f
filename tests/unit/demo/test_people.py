from collections import Counter

import pytest

from demo.people import CATEGORIES, EVERYBODY


@pytest.mark.parametrize("person", EVERYBODY.values(), ids=EVERYBODY)
def test_everybody_says_what_they_show_in_both_languages(person):
    assert person.shows.endswith("。")
    assert person.shows_en.endswith(".")
    assert person.category in CATEGORIES
    assert (person.entry_year is not None) == (person.category == "student")


def test_the_trial_has_a_person_for_each_rule_that_one_may_want_to_see():
    people = list(EVERYBODY.values())
    assert (EVERYBODY["z99999"].name, EVERYBODY["z99999"].name_en) == ("王小明", "WANG,HSIAO-MING")
    assert {"一般", "退休", "留停", "出國", "校", "復", "畢"} <= {person.condition for person in people}
    assert {97, 98} <= {person.entry_year for person in people}
    assert "" in {person.name_en for person in people}
    assert 60 in {sum(letter.isalpha() for letter in person.name_en) for person in people}
    assert {"O'BRIEN,MARY-JANE", "GARCÍA LÓPEZ,JOSÉ"} <= {person.name_en for person in people}
    assert Counter((person.name, person.name_en) for person in people)["陳怡君", "CHEN,YI-CHUN"] == 2
    assert "en" in {person.lang for person in people}
