"""Prints a hand-off token: python3 issue.py KEY.json AUDIENCE < person.json

PyJWT: pip install "PyJWT[crypto]". It knows EdDSA, ES256 and HS256.
"""

import json
import secrets
import sys
import time
from pathlib import Path

import jwt

LIFETIME = 120  # seconds; the portal takes no longer one


def handoff_token(person: dict[str, object], key: jwt.PyJWK, issuer: str, audience: str) -> str:
    """``person``: the claims about the person and the browser's address, as docs/handoff.md names them."""
    now = int(time.time())  # whole seconds
    claims = {
        **person,
        "iss": issuer,
        "aud": audience,
        "iat": now,
        "exp": now + LIFETIME,
        "jti": secrets.token_urlsafe(16),
    }
    headers = {"kid": key.key_id, "typ": "handoff+jwt"}
    return jwt.encode(claims, key, algorithm=key.algorithm_name, headers=headers)


def main(key_file: str, audience: str) -> None:
    jwk = json.loads(Path(key_file).read_bytes())
    person = json.loads(sys.stdin.buffer.read())
    print(handoff_token(person, jwt.PyJWK(jwk), jwk["portal_iss"], audience))


if __name__ == "__main__":
    main(*sys.argv[1:])
