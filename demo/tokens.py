"""Hand-off tokens as docs/handoff.md asks: a compact JWS (RFC 7515) of claims (RFC 7519), signed with the campus's key."""

import secrets
from collections.abc import Sequence
from functools import cache
from typing import Any

import jwt

from demo import settings
from demo.people import Person

LIFETIME = 120  # seconds; the most that the contract allows


@cache
def campus_key() -> jwt.PyJWK:
    return jwt.PyJWK.from_json(settings.KEY_FILE.read_text())


def claims(person: Person, addresses: Sequence[str], now: int) -> dict[str, Any]:
    """``addresses``: where the visitor's browser comes from, as the campus sees it; ``now``: seconds since 1970."""
    told = {
        "iss": settings.ISSUER,
        "aud": settings.AUDIENCE,
        "iat": now,
        "exp": now + LIFETIME,
        "jti": secrets.token_urlsafe(16),
        "ip": list(addresses),
        "sub": person.number,
        "name": person.name,
        "name_en": person.name_en,
        "category": person.category,
        "condition": person.condition,
        "unit": person.unit,
    }
    if person.entry_year is not None:
        told["entry_year"] = person.entry_year
    if person.lang:
        told["lang"] = person.lang
    return told


def sign(told: dict[str, Any], key: jwt.PyJWK | None = None) -> str:
    """The token of these claims, by the campus's own key unless another is given."""
    key = key or campus_key()
    return jwt.encode(told, key, algorithm=key.algorithm_name, headers={"typ": "handoff+jwt", "kid": key.key_id})


def issue(person: Person, addresses: Sequence[str], now: int) -> str:
    return sign(claims(person, addresses, now))
