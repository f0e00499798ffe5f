"""What each claim must be, and what the portal makes of its time and its address."""

from typing import Any

import pytest

from sso_bridge.keyset import Key
from tests.unit.sso_bridge.campus import ADDRESS, AUDIENCE, NOW, outcome, sign, token, without


def outcomes(claim: str, values: list[Any], keys: dict[str, Key]) -> dict[str, str]:
    """Of 王小明's token with each of the values in turn."""
    return {repr(value): outcome(token(**{claim: value}), keys) for value in values}


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://legacy.test"},  # another key's issuer
        {"iss": "https://ais.test/"},
        {"iss": None},
        {"iss": ["https://ais.test"]},
        {"aud": "elsewhere.test"},
        {"aud": ["elsewhere.test"]},
        {"aud": []},
        {"aud": {"portal.test": 1}},
        {"aud": None},
        {"aud": "portal.test.evil.test"},
        {"aud": 1},
    ],
)
def test_it_must_be_meant_for_us_by_whom_the_key_belongs_to(change: dict[str, Any], keys: dict[str, Key]) -> None:
    assert outcome(token(**change), keys) == "wrong-audience"


@pytest.mark.parametrize("claim", ["iss", "aud"])
def test_issuer_and_audience_are_required(claim: str, keys: dict[str, Key]) -> None:
    assert outcome(sign(without(claim)), keys) == "wrong-audience"


def test_the_audience_may_be_one_of_several(keys: dict[str, Key]) -> None:
    assert outcome(token(aud=["elsewhere.test", 7, AUDIENCE]), keys) == "ok"


@pytest.mark.parametrize("claim", ["iat", "exp", "jti", "ip", "sub", "name", "name_en", "category", "condition"])
def test_every_other_claim_of_the_contract_is_required(claim: str, keys: dict[str, Key]) -> None:
    assert outcome(sign(without(claim)), keys) == "malformed"
    assert outcome(token(**{claim: None}), keys) == "malformed"


@pytest.mark.parametrize(
    ("claim", "values"),
    [
        ("iat", [True, 1.0, float(NOW), str(NOW), [], {}]),
        ("exp", [True, float(NOW + 60), str(NOW + 60), [NOW + 60]]),
        (
            "jti",
            [
                "a" * 15,
                "a" * 65,
                "a" * 15 + "=",
                "a" * 16 + "\n",
                "a b" * 6,
                "é" * 16,
                "１" * 16,
                1234567890123456,
                ["a" * 16],
            ],
        ),
        ("sub", ["", "z" * 33, "z 99999", "z99999\n", "z.99999", "z99999'", "ｚ99999", "王", 99999, True, ["z99999"]]),
        ("name", ["", "王" * 101, 1, ["王小明"], {"zh": "王小明"}]),
        ("name_en", ["A" * 101, 1, []]),
        ("category", ["", "Staff", "teacher", "staff ", 1, ["staff"], {"staff": 1}, True]),
        ("condition", ["", "一" * 17, 1, ["一般"], "一般\0", "\ud800"]),
        ("unit", ["系" * 101, 1, None, [], "a\nb"]),
        ("entry_year", [True, "98", 98.0, 0, -1, 10_000, 10**600, None, [98]]),
        ("lang", ["", "zh-Hant", "zh", "EN", "fr", 1, None, ["en"], {}]),
        ("ip", ["", "192.0.2", "192.0.2.256", "campus.test", "192.0.2.10, 192.0.2.11", "0300.0.2.10", 3221225994, True, {}]),
        ("ip", [[], [ADDRESS] * 5, [ADDRESS, None], [ADDRESS, ""], [[ADDRESS]], [ADDRESS, "unknown"]]),
    ],
)
def test_a_claim_of_the_wrong_type_or_form_is_malformed(claim: str, values: list[Any], keys: dict[str, Key]) -> None:
    assert {repr(value): outcome(token(**{claim: value}), keys) for value in values} == {
        repr(v): "malformed" for v in values
    }


@pytest.mark.parametrize(
    ("claim", "values"),
    [
        ("jti", ["a" * 16, "A-z_0" * 12 + "abcd"]),
        ("sub", ["z", "Z_9-" * 8]),
        ("name", ["王", "王" * 100, "José Ñandú", "O'Brien", "𠮷" * 100, " "]),
        ("name_en", ["", "A" * 100, "GARCÍA LÓPEZ,JOSÉ"]),
        ("condition", ["校", "一" * 16]),
        ("unit", ["", "系" * 100]),
        ("entry_year", [1, 98, 2009, 9999]),
        ("lang", ["zh-hant", "en"]),
        ("category", ["staff", "student"]),
        ("ip", [[ADDRESS], ["2001:db8::1", "2001:db8::2", "198.51.100.7", ADDRESS]]),
    ],
)
def test_the_whole_range_of_a_claim_is_taken(claim: str, values: list[Any], keys: dict[str, Key]) -> None:
    assert outcomes(claim, values, keys) == {repr(value): "ok" for value in values}


CONTROLS = [0x00, 0x09, 0x0A, 0x0D, 0x1F, 0x7F, 0x85, 0x9F]
BIDI_CONTROLS = [0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
NOT_NFC = ["e\u0301", "\u212b", "\ufa0c"]
HALF_PAIRS = ["\ud83d", "\udc00"]
UNFIT = [*map(chr, CONTROLS + BIDI_CONTROLS), *NOT_NFC, *HALF_PAIRS]


@pytest.mark.parametrize("claim", ["name", "name_en", "unit", "condition"])
@pytest.mark.parametrize("unfit", UNFIT, ids=ascii)
def test_text_is_nfc_without_controls_or_bidirectional_controls(claim: str, unfit: str, keys: dict[str, Key]) -> None:
    assert outcome(token(**{claim: f"王{unfit}A"}), keys) == "malformed"


def test_the_skew_gives_a_clock_that_is_ahead_or_behind_its_seconds_and_no_more(keys: dict[str, Key]) -> None:
    assert outcome(token(), keys, now=NOW - 5) == "ok"
    assert outcome(token(), keys, now=NOW - 6) == "not-yet-valid"
    assert outcome(token(), keys, now=NOW + 125) == "ok"
    assert outcome(token(), keys, now=NOW + 126) == "expired"
    assert outcome(token(), keys, now=NOW + 121, skew=0) == "expired"


def test_a_token_may_live_two_minutes_and_no_second_more(keys: dict[str, Key]) -> None:
    assert outcome(token(exp=NOW + 120), keys) == "ok"
    assert outcome(token(exp=NOW + 121), keys) == "lifetime"
    assert outcome(token(exp=NOW + 10**6), keys) == "lifetime"
    assert outcome(token(exp=NOW - 6), keys) == "expired"


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"iat": 10**900}, "not-yet-valid"),
        ({"iat": -(10**900)}, "lifetime"),
        ({"exp": 10**900}, "lifetime"),
        ({"exp": -(10**900)}, "expired"),
    ],
)
def test_numbers_beyond_any_clock_are_just_compared(claims: dict[str, Any], code: str, keys: dict[str, Key]) -> None:
    assert outcome(token(**claims), keys) == code


@pytest.mark.parametrize(
    ("claimed", "visitor"),
    [
        (ADDRESS, "::ffff:192.0.2.10"),
        ("::ffff:c000:20a", ADDRESS),
        ("2001:DB8:0::10", "2001:db8::10"),
        ("[2001:db8::10]:443", "2001:db8::10"),
        ("192.0.2.10:51234", ADDRESS),
        ("fe80::1%eth0", "fe80::1"),
        ("0:0:0:0:0:0:0:1", "::1"),
        (["198.51.100.7", "2001:db8::10"], "2001:db8:0:0::10"),
    ],
)
def test_addresses_are_compared_as_addresses(claimed: Any, visitor: str, keys: dict[str, Key]) -> None:
    assert outcome(token(ip=claimed), keys, address=visitor) == "ok"


@pytest.mark.parametrize("visitor", ["192.0.2.11", "2001:db8::10", "::1", "", "unknown", "192.0.2.10.evil.test"])
def test_another_address_or_an_unknown_one_is_a_mismatch(visitor: str, keys: dict[str, Key]) -> None:
    assert outcome(token(), keys, address=visitor) == "ip-mismatch"
