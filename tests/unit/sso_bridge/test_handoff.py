"""The order and the form of the token: header, key, signature, and what a refusal tells. The claims: test_claims.py."""

import json
from pathlib import Path
from typing import Any

import pytest

from sso_bridge.handoff import Refused, verify
from sso_bridge.jose import base64url
from sso_bridge.keyset import Key, read
from tests.unit.sso_bridge import campus
from tests.unit.sso_bridge.campus import ADDRESS, AUDIENCE, HEADER, NOW, PAIRS, WANG, outcome, sign, token, without

VECTORS = json.loads(Path("docs/handoff-vectors.json").read_text())


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_it_agrees_with_the_published_vectors(case: dict[str, Any]) -> None:
    keys = read(json.dumps(VECTORS["keys"]).encode(), private_keys=False)
    got = outcome(case["token"].encode(), keys, now=case["now"], address=case["ip"])
    assert got in case["expect"].get("codes", ["ok"])


@pytest.mark.parametrize("kid", PAIRS)
def test_it_reads_the_claims_of_a_token_by_each_algorithm(kid: str, keys: dict[str, Key]) -> None:
    said = WANG | {"iss": keys[kid].issuer, "unit": "資訊系統所", "entry_year": 98, "lang": "en", "shoe_size": 42}
    claims = verify(
        sign(said, HEADER | {"kid": kid, "alg": keys[kid].alg}),
        keys=keys,
        audience=AUDIENCE,
        skew=5,
        now=NOW,
        address=ADDRESS,
    )
    assert (claims.iss, claims.sub, claims.name, claims.name_en) == (keys[kid].issuer, "z99999", "王小明", "WANG,HSIAO-MING")
    assert (claims.category, claims.condition, claims.ip, claims.jti) == ("staff", "一般", (ADDRESS,), WANG["jti"])
    assert (claims.unit, claims.entry_year, claims.lang, claims.iat, claims.exp) == ("資訊系統所", 98, "en", NOW, NOW + 120)


def test_what_is_optional_may_be_left_out(keys: dict[str, Key]) -> None:
    claims = verify(token(), keys=keys, audience=AUDIENCE, skew=5, now=NOW, address=ADDRESS)
    assert (claims.unit, claims.entry_year, claims.lang) == (None, None, None)


GOOD = token()
PARTS = GOOD.split(b".")


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"abcde",
        b".",
        b"..",
        b"...",
        PARTS[0] + b"." + PARTS[1],
        GOOD + b".",
        b"." + GOOD,
        GOOD + b".e30",
        GOOD + b"=",
        GOOD + b"\n",
        b" " + GOOD,
        GOOD.replace(b".", b"..", 1),
        PARTS[0] + b"==." + PARTS[1] + b"." + PARTS[2],
        b".".join([PARTS[0], PARTS[1] + b"+", PARTS[2]]),
        b".".join([PARTS[0], PARTS[1], PARTS[2] + b"/"]),
        b".".join([PARTS[0], PARTS[1], PARTS[2][:-1]]),
        "。".encode().join(PARTS),
        GOOD[:-1] + b"\xff",
        bytes(range(256)),
        b"\0" * 4096,
    ],
)
def test_what_is_not_three_parts_of_strict_base64url_is_malformed(damaged: bytes, keys: dict[str, Key]) -> None:
    assert outcome(damaged, keys) == "malformed"


def test_base64url_has_one_spelling(keys: dict[str, Key]) -> None:
    # An Ed25519 signature is 64 bytes, 86 characters: the last one has four bits to spare, which must be zero.
    last = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".index(GOOD[-1])
    other = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[last + 1]
    assert outcome(GOOD[:-1] + bytes([other]), keys) == "malformed"


def test_a_token_of_4096_bytes_is_read_and_one_byte_more_is_not(keys: dict[str, Key]) -> None:
    room = 4096 - len(sign(WANG | {"unread": ""}))
    longest = max((sign(WANG | {"unread": "x" * size}) for size in range(room * 3 // 4 - 3, room * 3 // 4 + 1)), key=len)
    assert len(longest) in range(4093, 4097)
    assert outcome(longest, keys) == "ok"
    assert outcome(longest + b"A" * (4097 - len(longest)), keys) == "malformed"


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"[]",
        b'"EdDSA"',
        b"null",
        b"{",
        b"\xff\xfe{}",
        b'\xef\xbb\xbf{"alg":"EdDSA","kid":"campus-ed","typ":"handoff+jwt"}',
        b'{"alg":"EdDSA","kid":"campus-ed","kid":"campus-ed","typ":"handoff+jwt"}',
        b'{"alg":"EdDSA","alg":"none","kid":"campus-ed","typ":"handoff+jwt"}',
        b'{"alg":"EdDSA","kid":"campus-ed","typ":"handoff+jwt","x":{"a":1,"a":2}}',
        b'{"alg":"EdDSA","kid":"campus-ed","typ":"handoff+jwt","x":NaN}',
        b'{"alg":"EdDSA","kid":"campus-ed","typ":"handoff+jwt","x":' + b"[" * 1500,
        HEADER | {"typ": "JWT"},
        HEADER | {"typ": "handoff+JWT"},
        HEADER | {"typ": ["handoff+jwt"]},
        HEADER | {"typ": None},
        {"alg": "EdDSA", "kid": "campus-ed"},
        {"alg": "EdDSA", "typ": "handoff+jwt"},
        {"kid": "campus-ed", "typ": "handoff+jwt"},
        HEADER | {"kid": None},
        HEADER | {"kid": 1},
        HEADER | {"kid": ["campus-ed"]},
        HEADER | {"kid": {}},
        HEADER | {"alg": "none"},
        HEADER | {"alg": "None"},
        HEADER | {"alg": "RS256"},
        HEADER | {"alg": "eddsa"},
        HEADER | {"alg": ["EdDSA"]},
        HEADER | {"alg": None},
        HEADER | {"crit": []},
        HEADER | {"crit": ["b64"], "b64": True},
        HEADER | {"crit": None},
    ],
)
def test_a_header_that_breaks_a_rule_is_malformed(header: bytes | dict[str, Any], keys: dict[str, Key]) -> None:
    assert outcome(sign(WANG, header, PAIRS["campus-ed"][0]), keys) == "malformed"


@pytest.mark.parametrize("field", ["jwk", "jku", "x5u", "x5c"])
def test_a_key_that_the_token_brings_is_never_followed(field: str, keys: dict[str, Key]) -> None:
    header = HEADER | {field: campus.STRANGER}
    assert outcome(sign(WANG, header, campus.STRANGER), keys) == "bad-signature"
    assert outcome(sign(WANG, header), keys) == "ok"


@pytest.mark.parametrize("kid", ["nobody", "", "CAMPUS-ED", "campus-ed\u0000", "\ud800"])
def test_a_kid_that_names_none_of_our_keys_is_unknown(kid: str, keys: dict[str, Key]) -> None:
    assert outcome(sign(WANG, HEADER | {"kid": kid}, PAIRS["campus-ed"][0]), keys) == "unknown-key"


def test_a_key_is_known_only_inside_its_own_time_window() -> None:
    keys = read(campus.key_set("campus-ed", portal_nbf=NOW - 10, portal_exp=NOW + 10), private_keys=False)
    assert [outcome(token(iat=at, exp=at + 60), keys, now=at) for at in (NOW - 11, NOW - 10, NOW + 9, NOW + 10)] == [
        "unknown-key",
        "ok",
        "ok",
        "unknown-key",
    ]


def test_the_algorithm_is_the_keys_and_never_the_headers(keys: dict[str, Key]) -> None:
    # The classic: sign with the public key's bytes as an HMAC secret, and say HS256.
    public = PAIRS["campus-ed"][1]
    as_secret = {"kty": "oct", "alg": "HS256", "k": public["x"]}
    assert outcome(sign(WANG, HEADER | {"alg": "HS256"}, as_secret), keys) == "bad-signature"
    # Each of our keys under the name of another.
    assert outcome(sign(WANG, HEADER | {"kid": "campus-es"}, PAIRS["campus-ed"][0]), keys) == "bad-signature"
    assert outcome(sign(WANG, HEADER | {"alg": "ES256"}, PAIRS["campus-ed"][0]), keys) == "bad-signature"


@pytest.mark.parametrize("kid", PAIRS)
def test_each_changed_part_breaks_the_signature(kid: str, keys: dict[str, Key]) -> None:
    header = HEADER | {"kid": kid, "alg": keys[kid].alg}
    said = WANG | {"iss": keys[kid].issuer}
    head, payload, signature = sign(said, header).split(b".")
    other_head, other_payload, other_signature = sign(said | {"sub": "z99998"}, header | {"x": 1}).split(b".")
    for parts in ((head, other_payload, signature), (other_head, payload, signature), (head, payload, other_signature)):
        assert outcome(b".".join(parts), keys) == "bad-signature"
    for forged in (b"", b"\0", b"\0" * 32, b"\0" * 64, b"\xff" * 64, b"\0" * 65):
        assert outcome(b".".join([head, payload, base64url(forged)]), keys) == "bad-signature"


def test_nothing_of_the_payload_is_read_before_the_signature_holds(keys: dict[str, Key]) -> None:
    for payload in (b"not json", b'{"sub":"z1","sub":"z2"}', json.dumps(without("sub")).encode()):
        assert outcome(sign(payload, HEADER, campus.STRANGER), keys) == "bad-signature"


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"not json",
        b"[]",
        b"null",
        b"1e999",
        json.dumps(WANG).encode("utf-16"),
        json.dumps(WANG).encode() + b"}",
        json.dumps(WANG).encode().replace(b"{", b'{"sub":"z00000",', 1),
        json.dumps(WANG).encode().replace(b"{", b'{"x":{"a":1,"a":1},', 1),
        json.dumps(WANG).encode().replace(b"{", b'{"x":Infinity,', 1),
        json.dumps(WANG).encode().replace(b"{", b'{"x":' + b"[" * 1400 + b"]" * 100, 1),
        b'{"name":"\xff"}',
    ],
)
def test_a_payload_that_is_no_plain_json_object_is_malformed(payload: bytes, keys: dict[str, Key]) -> None:
    assert outcome(sign(payload), keys) == "malformed"


def test_the_first_thing_wrong_in_the_contracts_order_gives_the_code(keys: dict[str, Key]) -> None:
    wrongs: list[tuple[str, dict[str, Any]]] = [
        ("ip-mismatch", {"ip": "198.51.100.7"}),
        ("expired", {"exp": NOW - 60, "iat": NOW - 120}),
        ("lifetime", {"iat": NOW - 600}),
        ("not-yet-valid", {"iat": NOW + 60}),
        ("malformed", {"sub": ""}),
        ("wrong-audience", {"aud": "elsewhere.test"}),
    ]
    change: dict[str, Any] = {}
    for code, wrong in wrongs:
        change |= wrong
        assert outcome(token(**change), keys) == code
    assert outcome(sign(WANG | change, HEADER, campus.STRANGER), keys) == "bad-signature"
    assert outcome(sign(WANG | change, HEADER | {"kid": "nobody"}, campus.STRANGER), keys) == "unknown-key"
    assert outcome(sign(WANG | change, HEADER | {"kid": "nobody", "typ": "JWT"}, campus.STRANGER), keys) == "malformed"


@pytest.mark.parametrize(
    ("bad", "issuer", "subject"),
    [
        (sign(WANG, HEADER, campus.STRANGER), "", ""),
        (sign(WANG, HEADER | {"kid": "nobody"}, campus.STRANGER), "", ""),
        (token(aud="elsewhere.test"), campus.ISSUER, "z99999"),
        (token(name=""), campus.ISSUER, "z99999"),
        (token(sub="<script>"), campus.ISSUER, ""),
        (token(ip="198.51.100.7"), campus.ISSUER, "z99999"),
        (sign(b"[]"), campus.ISSUER, ""),
    ],
)
def test_a_refusal_names_only_whom_a_good_signature_vouches_for(
    bad: bytes, issuer: str, subject: str, keys: dict[str, Key]
) -> None:
    with pytest.raises(Refused) as caught:
        verify(bad, keys=keys, audience=AUDIENCE, skew=5, now=NOW, address=ADDRESS)
    assert (caught.value.issuer, caught.value.subject) == (issuer, subject)


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        (b"x" * 4097, "over 4096 bytes"),
        (b"abcde", "not three parts"),
        (b"e30=.e30.e30", "a part or the header: not base64url"),
        (sign(WANG, HEADER | {"typ": "JWT"}), "the header's typ is not handoff+jwt"),
        (sign(WANG, {"alg": "EdDSA", "typ": "handoff+jwt"}, PAIRS["campus-ed"][0]), "it has no kid"),
        (sign(b'{"sub": 1, "sub": 2}'), "the payload: a name stands twice"),
        (sign(without("sub") | {"lang": None, "name_en": "a\nb", "ip": "?"}), "missing or unfit: sub, ip, name_en, lang"),
    ],
)
def test_it_tells_the_programmer_what_is_malformed(octets: bytes, why: str, keys: dict[str, Key]) -> None:
    with pytest.raises(Refused) as caught:
        verify(octets, keys=keys, audience=AUDIENCE, skew=5, now=NOW, address=ADDRESS)
    assert caught.value.code == "malformed"
    assert why in caught.value.why
