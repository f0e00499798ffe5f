"""A campus system for the tests: its keys, and tokens that are right, or wrong in any one part."""

import json
from collections.abc import Mapping
from typing import Any

import jwt

from sso_bridge.handoff import Refused, verify
from sso_bridge.issuing import new_key
from sso_bridge.jose import base64url
from sso_bridge.keyset import ALGORITHMS, Key

ISSUER = "https://ais.test"
AUDIENCE = "portal.test"
NOW = 1_795_000_000  # seconds since 1970
ADDRESS = "192.0.2.10"

# By kid: private half, public half.
PAIRS = {
    "campus-ed": new_key(alg="EdDSA", issuer=ISSUER, kid="campus-ed"),
    "campus-es": new_key(alg="ES256", issuer=ISSUER, kid="campus-es"),
    "campus-hs": new_key(alg="HS256", issuer="https://legacy.test", kid="campus-hs"),
}
STRANGER, _ = new_key(alg="EdDSA", issuer=ISSUER, kid="campus-ed")

HEADER = {"alg": "EdDSA", "kid": "campus-ed", "typ": "handoff+jwt"}
WANG = {
    "iss": ISSUER,
    "aud": AUDIENCE,
    "iat": NOW,
    "exp": NOW + 120,
    "jti": "a1b2c3d4e5f6a7b8c9d0",
    "ip": ADDRESS,
    "sub": "z99999",
    "name": "王小明",
    "name_en": "WANG,HSIAO-MING",
    "category": "staff",
    "condition": "一般",
}


def key_set(*kids: str, **changes: Any) -> bytes:
    """The portal's key file, with the public halves of the keys named, or of all; ``changes`` to each."""
    return json.dumps({"keys": [PAIRS[kid][1] | changes for kid in kids or PAIRS]}).encode()


def without(claim: str) -> dict[str, Any]:
    return {name: value for name, value in WANG.items() if name != claim}


def sign(
    payload: bytes | Mapping[str, Any], header: bytes | Mapping[str, Any] = HEADER, key: Mapping[str, Any] | None = None
) -> bytes:
    """A compact JWS of exactly these parts, by the key that the header names unless another is given."""
    if key is None:
        key = PAIRS[header["kid"]][0]  # type: ignore[index,call-overload]
    signing_input = b".".join(base64url(_octets(part)) for part in (header, payload))
    signature = ALGORITHMS[key["alg"]].sign(signing_input, jwt.PyJWK(dict(key)).key)
    return signing_input + b"." + base64url(signature)


def _octets(part: bytes | Mapping[str, Any]) -> bytes:
    return part if isinstance(part, bytes) else json.dumps(part).encode()


def token(**changes: Any) -> bytes:
    """王小明's token, with other claims where given."""
    return sign(WANG | changes)


def outcome(token: bytes, keys: Mapping[str, Key], *, now: int = NOW + 1, address: str = ADDRESS, skew: int = 5) -> str:
    """The code of the refusal, or "ok"."""
    try:
        verify(token, keys=keys, audience=AUDIENCE, skew=skew, now=now, address=address)
    except Refused as refused:
        return refused.code.value
    return "ok"
