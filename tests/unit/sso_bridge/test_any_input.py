"""Whatever arrives, the answer is claims or a refusal, never another exception."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sso_bridge.handoff import Code, Refused, verify
from sso_bridge.jose import base64url
from sso_bridge.keyset import BadKeySet, Key, read
from tests.unit.sso_bridge import campus
from tests.unit.sso_bridge.campus import ADDRESS, AUDIENCE, HEADER, NOW, WANG, sign, token

KEYS = read(campus.key_set(), private_keys=False)
GOOD = token()

# A machine that is busy with other tests must not turn a slow example into a failure.
thorough = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])

awkward_text = st.text(st.sampled_from("aZ09_-=. \0\n\x85王é\u0301\u202e\ufa0c\ud800\udc00😀"), max_size=20)
any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | awkward_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


def judged(octets: bytes, keys: dict[str, Key] = KEYS, *, address: str = ADDRESS, now: int = NOW) -> Code | None:
    try:
        verify(octets, keys=keys, audience=AUDIENCE, skew=5, now=now, address=address)
    except Refused as refused:
        return refused.code
    return None


@thorough
@given(st.binary(max_size=5000))
def test_any_bytes_are_refused(octets: bytes) -> None:
    assert judged(octets) is Code.MALFORMED


@thorough
@given(st.lists(st.binary(max_size=60).map(base64url), min_size=3, max_size=3))
def test_any_three_parts_are_refused(parts: list[bytes]) -> None:
    assert judged(b".".join(parts)) is Code.MALFORMED


@thorough
@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255))
def test_any_other_byte_in_a_good_token_is_refused(place: int, octet: int) -> None:
    changed = GOOD[:place] + bytes([octet]) + GOOD[place + 1 :]
    assert (judged(changed) is None) == (changed == GOOD)


@thorough
@given(st.integers(0, len(GOOD)), st.integers(0, len(GOOD)), st.binary(max_size=3))
def test_a_good_token_cut_or_grown_anywhere_is_refused(start: int, end: int, put_in: bytes) -> None:
    changed = GOOD[:start] + put_in + GOOD[end:]
    assert (judged(changed) is None) == (changed == GOOD)


@thorough
@given(st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "jwk", "b64", "x"]), any_json))
def test_any_header_is_judged(changes: dict[str, Any]) -> None:
    header = HEADER | changes
    code = judged(sign(WANG, header, campus.PAIRS["campus-ed"][0]))
    assert code in (None, Code.MALFORMED, Code.UNKNOWN_KEY, Code.BAD_SIGNATURE)
    assert code is not None or (header["alg"], header["kid"], header["typ"]) == ("EdDSA", "campus-ed", "handoff+jwt")


@thorough
@given(st.dictionaries(st.sampled_from([*WANG, "unit", "entry_year", "lang", "x"]), any_json))
def test_any_claims_of_a_good_signature_are_judged(changes: dict[str, Any]) -> None:
    code = judged(token(**changes))
    assert code not in (Code.BAD_SIGNATURE, Code.UNKNOWN_KEY, Code.REPLAYED, Code.ACCOUNT_CLOSED)
    assert code is not None or changes.get("sub", "z99999") is not None


@thorough
@given(st.text(), st.integers())
def test_any_visitors_address_and_any_clock_are_judged(address: str, now: int) -> None:
    assert judged(GOOD, address=address, now=now) is not None or address.strip() == ADDRESS


@thorough
@given(any_json | st.lists(st.dictionaries(st.sampled_from([*campus.STRANGER]), any_json)).map(lambda keys: {"keys": keys}))
def test_any_key_file_is_read_or_explained(value: Any) -> None:
    try:
        assert read(json.dumps(value).encode(), private_keys=False) == {}
    except BadKeySet as bad:
        assert all(problem.text and problem.cure for problem in bad.problems)
