"""The file of the counties: taken whole, or refused with the county's name and the cure."""

import json
from pathlib import Path
from typing import Any

import pytest

from accounts.counties.registry import CLAIMS, BadCounties, County, read

EXAMPLE = Path(__file__).resolve().parents[3] / "docs" / "counties.json"
SECRETS = {"COUNTY_SECRET_KL": "pass-word"}
KEELUNG: dict[str, Any] = {
    "on": True,
    "position": 1,
    "name_zh": "基隆市",
    "name_en": "Keelung City",
    "suffix": "kl",
    "issuer": "https://kl.sso.edu.tw",
    "client_id": "portal",
    "secret_variable": "COUNTY_SECRET_KL",
}


def taken(tmp_path: Path, counties: Any, *, https: bool = True) -> tuple[County, ...]:
    file = tmp_path / "counties.json"
    file.write_text(counties if isinstance(counties, str) else json.dumps({"counties": counties}))
    return read(file, https=https, secret=lambda name: SECRETS.get(name, ""))


def test_no_file_is_no_counties() -> None:
    assert read(None, https=True, secret=str) == ()


def test_a_county_is_read_with_its_secret_and_what_goes_without_saying(tmp_path: Path) -> None:
    [county] = taken(tmp_path, {"kl": KEELUNG})
    assert (county.code, county.source, county.secret) == ("kl", "county:kl", "pass-word")
    assert (county.scopes, county.pkce, county.posts_secret, county.claims) == (("openid",), True, False, CLAIMS)
    assert "pass-word" not in repr(county)


def test_they_stand_in_the_order_of_their_positions(tmp_path: Path) -> None:
    taipei = KEELUNG | {"position": 2, "suffix": "tp", "issuer": "https://tp.sso.edu.tw", "on": False}
    assert [county.code for county in taken(tmp_path, {"tp": taipei, "kl": KEELUNG})] == ["kl", "tp"]


def test_a_county_that_is_off_needs_neither_client_nor_secret(tmp_path: Path) -> None:
    [county] = taken(tmp_path, {"kl": KEELUNG | {"on": False, "client_id": "", "secret_variable": "UNSET"}})
    assert (county.on, county.secret) == (False, "")


def test_a_trial_may_have_an_issuer_without_https(tmp_path: Path) -> None:
    [county] = taken(tmp_path, {"kl": KEELUNG | {"issuer": "http://127.0.0.1:3000/kl"}}, https=False)
    assert county.issuer == "http://127.0.0.1:3000/kl"


def test_the_example_has_the_22_counties_from_north_to_south_and_none_is_on() -> None:
    counties = read(EXAMPLE, https=True, secret=str)
    assert len(counties) == 22
    assert not any(county.on or county.client_id for county in counties)
    assert [county.name_zh for county in counties[:4]] == ["基隆市", "臺北市", "新北市", "桃園市"]
    assert counties[-1].issuer == "https://matsu.sso.edu.tw"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"on": "yes"}, "on has to be true or false"),
        ({"on": 1}, "on has to be true or false"),
        ({"pkce": "S256"}, "pkce has to be true or false"),
        ({"position": 0}, "position has to be a whole number from 1"),
        ({"position": True}, "position has to be a whole number from 1"),
        ({"position": 1.5}, "position has to be a whole number from 1"),
        ({"name_zh": ""}, "name_zh is empty. Write the name that people see"),
        ({"name_en": "Keelung\nCity"}, "name_en has to be one line of text"),
        ({"name_en": 7}, "name_en has to be one line of text"),
        ({"suffix": "KL"}, "suffix has to be small letters and digits"),
        ({"suffix": ".kl"}, "suffix has to be small letters and digits"),
        ({"issuer": "kl.sso.edu.tw"}, "issuer is 'kl.sso.edu.tw', which is no address of an issuer. Write it as"),
        ({"issuer": "http://kl.sso.edu.tw"}, "issuer is 'http://kl.sso.edu.tw', which is not HTTPS. Write it as"),
        ({"issuer": "https://kl.sso.edu.tw?x=1"}, "which is no address of an issuer"),
        ({"issuer": "https://me@kl.sso.edu.tw"}, "which is no address of an issuer"),
        ({"issuer": "https://kl.sso.edu.tw:99999"}, "which is no address of an issuer"),
        ({"issuer": "https://[kl"}, "which is no address of an issuer"),
        ({"client_id": ""}, "is on and has no client_id. Put in what the county gave you"),
        ({"secret": "pass-word"}, 'holds a secret. Name an environment variable in "secret_variable" instead'),
        ({"secret_variable": "pass-word"}, "secret_variable has to be the name of an environment variable"),
        ({"secret_variable": ""}, "secret_variable has to be the name of an environment variable"),
        ({"secret_variable": "UNSET"}, "is on, and its secret is not set. Put it into UNSET, or its path into UNSET_FILE"),
        ({"scopes": "openid"}, 'scopes has to be a list of words with "openid" among them'),
        ({"scopes": ["email"]}, 'scopes has to be a list of words with "openid" among them'),
        ({"scopes": ["openid", "a b"]}, 'scopes has to be a list of words with "openid" among them'),
        ({"scopes": ["openid", 7]}, 'scopes has to be a list of words with "openid" among them'),
        ({"resource": "https://elsewhere.example/"}, "resource has to be a path"),
        ({"token_method": "none"}, "token_method is one of"),
        ({"claims": ["name"]}, "claims has to be an object with some of"),
        ({"claims": {"sub": "id"}}, "claims has to be an object with some of"),
        ({"claims": {"name": 7}}, "claims has to be an object with some of"),
        ({"colour": "red"}, "holds ['colour'], which means nothing. Take it out"),
    ],
)
def test_a_wrong_entry_names_its_county_and_the_cure(change: dict[str, Any], sentence: str, tmp_path: Path) -> None:
    with pytest.raises(BadCounties) as bad:
        taken(tmp_path, {"kl": KEELUNG | change})
    assert str(bad.value).startswith("COUNTIES_FILE, county 'kl': ")
    assert sentence in str(bad.value)
    assert "pass-word" not in str(bad.value)


@pytest.mark.parametrize("member", ["on", "position", "name_zh", "name_en", "suffix", "issuer"])
def test_what_is_missing_is_named(member: str, tmp_path: Path) -> None:
    with pytest.raises(BadCounties, match=f"county 'kl': lacks \\['{member}'\\]"):
        taken(tmp_path, {"kl": {name: value for name, value in KEELUNG.items() if name != member}})


@pytest.mark.parametrize("what", ["position", "suffix", "issuer"])
def test_two_counties_share_nothing_that_tells_them_apart(what: str, tmp_path: Path) -> None:
    taipei = {"position": 2, "suffix": "tp", "issuer": "https://tp.sso.edu.tw"} | {what: KEELUNG[what]}
    with pytest.raises(BadCounties, match=f"county 'tp': has the same {what} as 'kl'"):
        taken(tmp_path, {"kl": KEELUNG, "tp": KEELUNG | taipei})


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is not JSON"),
        ("[]", "is not JSON, or no object"),
        ("{}", "is not JSON, or no object"),
        ("[" * 100_000, "is not JSON"),
        ('{"counties": []}', '"counties" has to be an object'),
        ('{"counties": {"kl": []}}', "county 'kl': has to be an object"),
        ('{"counties": {"KL": {}}}', "county 'KL': is not two to eight small letters"),
        ('{"counties": {"kl": {}, "kl": {}}}', "COUNTIES_FILE holds kl twice"),
    ],
)
def test_what_is_no_file_of_counties_is_refused(text: str, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(BadCounties) as bad:
        taken(tmp_path, text)
    assert sentence in str(bad.value)
