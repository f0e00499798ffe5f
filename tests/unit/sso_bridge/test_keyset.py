import json
from typing import Any

import pytest

from sso_bridge.jose import base64url, unbase64url
from sso_bridge.keyset import BadKeySet, read
from tests.unit.sso_bridge.campus import NOW, PAIRS, key_set

ED, ES, HS = (PAIRS[kid][1] for kid in ("campus-ed", "campus-es", "campus-hs"))
SHORT_SECRET = base64url(b"s" * 31).decode()


def problems(*jwks: dict[str, Any], private_keys: bool = False) -> list[tuple[int, str]]:
    try:
        read(json.dumps({"keys": jwks}).encode(), private_keys=private_keys)
    except BadKeySet as bad:
        assert all(problem.cure for problem in bad.problems)
        return [(problem.number, problem.text) for problem in bad.problems]
    return []


def test_a_good_file_gives_its_keys_by_kid() -> None:
    keys = read(key_set(portal_nbf=NOW, portal_exp=NOW + 1), private_keys=False)
    assert {kid: (key.alg, key.issuer, key.not_before, key.expires) for kid, key in keys.items()} == {
        "campus-ed": ("EdDSA", "https://ais.test", NOW, NOW + 1),
        "campus-es": ("ES256", "https://ais.test", NOW, NOW + 1),
        "campus-hs": ("HS256", "https://legacy.test", NOW, NOW + 1),
    }


def test_a_file_with_no_key_is_a_choice_and_no_fault() -> None:
    assert read(b'{"keys": []}', private_keys=False) == {}


@pytest.mark.parametrize(
    "octets", [b"", b"{", b"[]", b"{}", b'{"keys": {}}', b'{"keys": ["x"]}', b'{"keys":[],"keys":[]}', b"\xff"]
)
def test_it_says_that_the_file_is_no_key_set(octets: bytes) -> None:
    with pytest.raises(BadKeySet, match="not a JWK Set"):
        read(octets, private_keys=False)


@pytest.mark.parametrize(
    ("jwk", "number", "text"),
    [
        (HS | {"k": SHORT_SECRET}, 4, "Key 'campus-hs' has a secret of 31 bytes."),
        (HS | {"k": ""}, 4, "Key 'campus-hs' has a secret of 0 bytes."),
        (PAIRS["campus-ed"][0], 5, "Key 'campus-ed' is a private key."),
        (PAIRS["campus-es"][0], 5, "Key 'campus-es' is a private key."),
        (ED | {"alg": "RS256"}, 6, "Key 'campus-ed' has the alg 'RS256'."),
        (ED | {"alg": "none"}, 6, "Key 'campus-ed' has the alg 'none'."),
        (ED | {"alg": ["EdDSA"]}, 6, "Key 'campus-ed' has the alg ['EdDSA']."),
        ({name: ED[name] for name in ED if name != "alg"}, 6, "Key 'campus-ed' has the alg None."),
        (ED | {"alg": "ES256"}, 6, "Key 'campus-ed' has an alg, ES256, that does not fit its kty and crv."),
        (ED | {"alg": "HS256"}, 6, "Key 'campus-ed' has an alg, HS256, that does not fit its kty and crv."),
        (ED | {"crv": "Ed448"}, 6, "Key 'campus-ed' has an alg, EdDSA, that does not fit its kty and crv."),
        (ED | {"crv": "X25519"}, 6, "Key 'campus-ed' has an alg, EdDSA, that does not fit its kty and crv."),
        (ES | {"crv": "P-384"}, 6, "Key 'campus-es' has an alg, ES256, that does not fit its kty and crv."),
        (HS | {"alg": "EdDSA"}, 6, "Key 'campus-hs' has an alg, EdDSA, that does not fit its kty and crv."),
        (ED | {"x": ED["x"][:-4]}, 7, "Key 'campus-ed' has no usable EdDSA key in it."),
        (ED | {"x": ED["x"] + "="}, 7, "Key 'campus-ed' has no usable EdDSA key in it."),
        (ED | {"x": None}, 7, "Key 'campus-ed' has no usable EdDSA key in it."),
        (ES | {"y": ES["x"]}, 7, "Key 'campus-es' has no usable ES256 key in it."),
        (
            ES | {"x": base64url(b"\0" + unbase64url(ES["x"].encode())).decode()},
            7,
            "Key 'campus-es' has no usable ES256 key in it.",
        ),
        (ES | {"x": "AA"}, 7, "Key 'campus-es' has no usable ES256 key in it."),
        (HS | {"k": 7}, 7, "Key 'campus-hs' has no usable HS256 key in it."),
        (ED | {"kid": ""}, 7, "Key number 1 has no usable kid."),
        (ED | {"kid": 7}, 7, "Key 7 has no usable kid."),
        (ED | {"kid": "a\nb"}, 7, "Key 'a\\nb' has no usable kid."),
        (ED | {"portal_iss": None}, 7, "Key 'campus-ed' has no usable portal_iss."),
        (ED | {"portal_iss": "i" * 201}, 7, "Key 'campus-ed' has no usable portal_iss."),
        (ED | {"portal_nbf": "2026-11-22"}, 7, "Key 'campus-ed' has no usable portal_nbf."),
        (ED | {"portal_exp": 1.5}, 7, "Key 'campus-ed' has no usable portal_exp."),
        (ED | {"portal_exp": True}, 7, "Key 'campus-ed' has no usable portal_exp."),
    ],
)
def test_it_names_the_key_and_what_is_wrong_with_it(jwk: dict[str, Any], number: int, text: str) -> None:
    assert problems(jwk) == [(number, text)]


def test_it_names_the_kid_that_two_keys_have() -> None:
    assert problems(ED, ES | {"kid": "campus-ed"}, HS) == [(3, "Two keys have the kid 'campus-ed'.")]


def test_it_tells_everything_at_once() -> None:
    assert [number for number, _ in problems(HS | {"k": SHORT_SECRET}, PAIRS["campus-ed"][0], {})] == [4, 5, 6, 7, 7]


def test_a_private_key_is_taken_where_it_may_stand_and_only_its_public_half_is_used() -> None:
    assert problems(PAIRS["campus-ed"][0], PAIRS["campus-es"][0], private_keys=True) == []
    keys = read(json.dumps({"keys": [PAIRS["campus-ed"][0]]}).encode(), private_keys=True)
    assert not hasattr(keys["campus-ed"].material, "sign")
