"""The campus's side of the hand-off, for trials: making a key pair and a token."""

import secrets
from collections.abc import Mapping
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import ECAlgorithm, OKPAlgorithm

from sso_bridge.handoff import LONGEST_LIFE
from sso_bridge.jose import base64url

SECRET_LENGTH = 64  # bytes


def new_key(*, alg: str, issuer: str, kid: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A private JWK for the campus and its public half for the portal; of HS256 both have the same secret."""
    named = {"kid": kid, "alg": alg, "use": "sig", "portal_iss": issuer}
    match alg:
        case "EdDSA":
            pair = OKPAlgorithm.to_jwk(Ed25519PrivateKey.generate(), as_dict=True)
        case "ES256":
            pair = ECAlgorithm.to_jwk(generate_private_key(SECP256R1()), as_dict=True)
        case _:
            pair = {"kty": "oct", "k": base64url(secrets.token_bytes(SECRET_LENGTH)).decode()}
    return named | pair, named | {name: value for name, value in pair.items() if name != "d"}


def issue(claims: Mapping[str, Any], *, key: Mapping[str, Any], audience: str, now: int) -> str:
    """A token of the claims, good from ``now`` on (seconds since 1970) for as long as the contract allows.

    ValueError, TypeError, LookupError or PyJWTError where ``key`` is no private JWK as ``new_key`` makes them.
    """
    if "d" not in key and "k" not in key:
        raise ValueError("it has no private part")
    told = {
        "iss": key["portal_iss"],
        "aud": audience,
        "iat": now,
        "exp": now + LONGEST_LIFE,
        "jti": secrets.token_urlsafe(16),
        **claims,
    }
    headers = {"kid": key["kid"], "typ": "handoff+jwt"}
    return jwt.encode(told, jwt.PyJWK(dict(key)), algorithm=key["alg"], headers=headers)
