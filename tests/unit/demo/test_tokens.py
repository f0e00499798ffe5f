"""What the campus issues, held against the portal's own verifier: the two share a contract, not code."""

import pytest

from demo import settings
from demo.failing import FAILURES
from demo.people import EVERYBODY
from demo.tokens import issue
from sso_bridge import handoff, keyset

NOW = 1_795_000_000
HERE = "127.0.0.1"
FAULTS = {failure.code: failure for failure in FAILURES}


@pytest.fixture
def verify(public_jwks):
    keys = keyset.read(public_jwks, private_keys=False)

    def verify(token, *, now=NOW + 119, address=HERE):
        return handoff.verify(token.encode(), keys=keys, audience=settings.AUDIENCE, skew=0, now=now, address=address)

    return verify


@pytest.mark.parametrize("person", EVERYBODY.values(), ids=EVERYBODY)
def test_the_portal_takes_everybodys_link_to_the_last_second(verify, person):
    claims = verify(issue(person, [HERE], NOW))
    assert (claims.sub, claims.name, claims.name_en) == (person.number, person.name, person.name_en)
    assert (claims.category, claims.condition, claims.unit) == (person.category, person.condition, person.unit)
    assert (claims.entry_year, claims.lang) == (person.entry_year, person.lang or None)


def test_a_link_is_good_for_two_minutes_and_no_longer(verify):
    token = issue(EVERYBODY["z99999"], [HERE], NOW)
    assert verify(token, now=NOW + 120).sub == "z99999"
    with pytest.raises(handoff.Refused, match="expired"):
        verify(token, now=NOW + 121)


def test_two_links_of_one_second_differ():
    assert issue(EVERYBODY["z99999"], [HERE], NOW) != issue(EVERYBODY["z99999"], [HERE], NOW)


@pytest.mark.parametrize("code", sorted(FAULTS.keys() - {"replayed"}))
def test_a_failing_link_fails_for_the_reason_that_it_names(verify, code):
    token = FAULTS[code].make(EVERYBODY["z99999"], HERE, NOW)
    with pytest.raises(handoff.Refused) as refused:
        verify(token, now=NOW + 1)
    assert refused.value.code == code


def test_the_links_that_fail_cover_what_a_person_can_meet():
    assert FAULTS.keys() == {"expired", "ip-mismatch", "bad-signature", "replayed", "wrong-audience", "unknown-key"}
