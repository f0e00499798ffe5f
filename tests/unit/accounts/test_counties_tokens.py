"""The ID token by itself: what its header says of its algorithm never decides how it is checked."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from accounts.counties.refusals import Refused
from accounts.counties.tokens import verify

EC_KEY, OTHER_EC_KEY = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_JWK = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(EC_KEY.public_key())) | {"kid": "ec"}
OTHER_EC_JWK = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(OTHER_EC_KEY.public_key())) | {"kid": "other"}
RSA_JWK = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(RSA_KEY.public_key())) | {"kid": "rsa"}
SECRET = {"kty": "oct", "kid": "mac", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3I"}
KEYS = {"keys": [EC_JWK, RSA_JWK, SECRET]}
PEM = RSA_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def claims(**other: Any) -> dict[str, Any]:
    now = int(time.time())
    return {
        "iss": "https://kl.sso.edu.tw",
        "sub": "aa1234",
        "aud": "portal",
        "iat": now,
        "exp": now + 300,
        "nonce": "n",
    } | other


def check(token: Any, keys: Any = None) -> dict[str, Any]:
    return verify(token, keys=keys or KEYS, issuer="https://kl.sso.edu.tw", client_id="portal", nonce="n")


def code_of(token: Any, keys: Any = None) -> str:
    with pytest.raises(Refused) as refused:
        check(token, keys)
    return refused.value.code


def part(content: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def by_hand(header: Any, mac: bytes | None = None) -> str:
    """A token with just that header, unsigned, or signed by HMAC with ``mac``."""
    signed = f"{part(header)}.{part(claims())}"
    octets = hmac.new(mac, signed.encode(), hashlib.sha256).digest() if mac else b""
    return f"{signed}.{base64.urlsafe_b64encode(octets).rstrip(b'=').decode()}"


@pytest.mark.parametrize(
    ("key", "algorithm", "kid"), [(EC_KEY, "ES256", "ec"), (RSA_KEY, "RS256", "rsa"), (RSA_KEY, "PS512", "rsa")]
)
def test_a_good_one_is_taken(key: Any, algorithm: str, kid: str) -> None:
    assert check(jwt.encode(claims(), key, algorithm, headers={"kid": kid}))["sub"] == "aa1234"


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE"])
def test_an_unsigned_one_is_none(algorithm: str) -> None:
    for header in ({"alg": algorithm}, {"alg": algorithm, "kid": "ec"}, {"alg": algorithm, "typ": "JWT", "kid": "mac"}):
        assert code_of(by_hand(header)) == "not-signed"


@pytest.mark.parametrize(
    "algorithm", ["HS256", "HS512", "hs256", "es256", "RS256 ", "", "dir", "A128KW", ["ES256"], 1, {}, None]
)
def test_an_algorithm_that_is_not_in_the_list_is_refused(algorithm: Any) -> None:
    assert code_of(by_hand({"alg": algorithm, "kid": "ec"})) in ("bad-algorithm", "not-signed", "bad-token")


def test_no_public_key_and_no_secret_is_taken_for_the_key_of_a_mac() -> None:
    for mac in (PEM, PEM.strip(), json.dumps(RSA_JWK).encode(), base64.urlsafe_b64decode(SECRET["k"] + "=")):
        for kid in ("rsa", "mac"):
            assert code_of(by_hand({"alg": "HS256", "kid": kid}, mac)) == "bad-algorithm"


def test_a_key_is_used_for_its_own_kind_of_algorithm_only() -> None:
    assert code_of(jwt.encode(claims(), RSA_KEY, "RS256", headers={"kid": "ec"})) == "unknown-key"
    assert code_of(jwt.encode(claims(), EC_KEY, "ES256", headers={"kid": "rsa"})) == "unknown-key"
    assert code_of(jwt.encode(claims(), EC_KEY, "ES256", headers={"kid": "mac"})) == "unknown-key"
    assert code_of(by_hand({"alg": "ES384", "kid": "ec"}, b"x")) == "bad-token"
    only_rs512 = {"keys": [RSA_JWK | {"alg": "RS512"}]}
    assert code_of(jwt.encode(claims(), RSA_KEY, "RS256", headers={"kid": "rsa"}), only_rs512) == "unknown-key"
    for_encryption = {"keys": [RSA_JWK | {"use": "enc"}]}
    assert code_of(jwt.encode(claims(), RSA_KEY, "RS256", headers={"kid": "rsa"}), for_encryption) == "unknown-key"


def test_a_token_brings_no_key_of_its_own() -> None:
    for header in ({"jwk": OTHER_EC_JWK}, {"jku": "https://evil.example/keys"}, {"x5c": ["MIIB"]}):
        token = jwt.encode(claims(), OTHER_EC_KEY, "ES256", headers={"kid": "ec"} | header)
        assert code_of(token) == "bad-signature"


def test_without_an_identifier_there_has_to_be_one_key_that_fits() -> None:
    token = jwt.encode(claims(), EC_KEY, "ES256")
    assert check(token)["sub"] == "aa1234"
    assert code_of(token, {"keys": [EC_JWK, OTHER_EC_JWK]}) == "unknown-key"


@pytest.mark.parametrize(
    "token",
    ["", None, 7, [], "x", "a.b", "a.b.c.d.e", "..", "x" * 1_000_000, "." * 1_000_000, "e30.e30.", "é.é.é", "\0.\0.\0"],
    ids=lambda token: repr(token)[:12],
)
def test_what_is_no_token_is_refused(token: Any) -> None:
    assert code_of(token) in ("no-token", "bad-token", "not-signed")


def test_a_deep_or_huge_token_is_refused_or_read_but_never_fails() -> None:
    deep = base64.urlsafe_b64encode(b'{"alg":' + b"[" * 100_000).rstrip(b"=").decode()
    assert code_of(f"{deep}.e30.AA") == "bad-token"
    assert check(jwt.encode(claims(more="x" * 1_000_000), EC_KEY, "ES256", headers={"kid": "ec"}))["sub"] == "aa1234"


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"exp": "soon"}, "bad-token"),
        ({"exp": 10**30}, None),
        ({"exp": -(10**30)}, "token-expired"),
        ({"exp": float("inf")}, "bad-token"),
        ({"iat": 10**30}, "token-early"),
        ({"iat": "now"}, "bad-token"),
        ({"aud": []}, "bad-token"),
        ({"aud": ["portal"]}, None),
        ({"aud": ["portal", "other"], "azp": "portal"}, None),
        ({"aud": {"portal": 1}}, "wrong-audience"),
        ({"iss": ["https://kl.sso.edu.tw"]}, "wrong-issuer"),
        ({"iss": "https://kl.sso.edu.tw/"}, "wrong-issuer"),
        ({"nonce": ["n"]}, "wrong-nonce"),
        ({"nonce": "é"}, "wrong-nonce"),
        ({"nonce": "\ud800"}, "wrong-nonce"),
        ({"sub": 7}, "bad-token"),
        ({"sub": "a\nb"}, "bad-subject"),
        ({"sub": "陳"}, "bad-subject"),
    ],
    ids=str,
)
def test_claims_of_the_wrong_kind_are_refused(other: dict[str, Any], code: str | None) -> None:
    token = jwt.api_jws.encode(json.dumps(claims() | other).encode(), EC_KEY, "ES256", headers={"kid": "ec"})
    assert check(token)["sub"] == "aa1234" if code is None else code_of(token) == code
