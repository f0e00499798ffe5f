"""Is this token the campus's word about this visitor, now? Bytes, keys, time and address in; claims or a refusal out.

The rules are those of docs/handoff.md, in its order. Nothing here reads a clock, a setting, a file or the database.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from accounts.addresses import normal
from accounts.facts import is_number
from sso_bridge.claims import Claims, faults, read
from sso_bridge.jose import json_object, unbase64url
from sso_bridge.keyset import ALGORITHMS, Key

LONGEST_TOKEN = 4096  # bytes
LONGEST_LIFE = 120  # seconds


class Code(StrEnum):
    """Why a hand-off was refused. The last two are not this module's to find: they need the database."""

    MALFORMED = "malformed"
    UNKNOWN_KEY = "unknown-key"
    BAD_SIGNATURE = "bad-signature"
    WRONG_AUDIENCE = "wrong-audience"
    NOT_YET_VALID = "not-yet-valid"
    LIFETIME = "lifetime"
    EXPIRED = "expired"
    IP_MISMATCH = "ip-mismatch"
    REPLAYED = "replayed"
    ACCOUNT_CLOSED = "account-closed"


class Refused(Exception):
    """A hand-off that is not accepted. ``issuer`` and ``subject`` are empty unless a good signature vouches for them.

    ``why`` says more of a malformed token, to the campus's programmer and not to the visitor.
    """

    def __init__(self, code: Code, *, issuer: str = "", subject: str = "", why: str = "") -> None:
        super().__init__(code.value)
        self.code = code
        self.issuer = issuer
        self.subject = subject
        self.why = why


def verify(token: bytes, *, keys: Mapping[str, Key], audience: str, skew: int, now: int, address: str) -> Claims:
    """The claims of a token that ``address`` may use at ``now``; Refused for any other. Times are seconds since 1970.

    It spends nothing: whoever signs a person in by these claims has to see to it that the ``jti`` is used once.
    """
    header, payload, signing_input, signature = _parts(token)
    key = _key(header, keys, now)
    # The algorithm is the key's. That the header names the same one is only asked, never followed.
    if header["alg"] != key.alg or not ALGORITHMS[key.alg].verify(signing_input, key.material, signature):
        raise Refused(Code.BAD_SIGNATURE)
    said = _vouched_for(payload, key)
    subject = said["sub"] if is_number(said.get("sub")) else ""
    if code := _audience_fault(said, key, audience):
        raise Refused(code, issuer=key.issuer, subject=subject)
    if unfit := faults(said):
        raise Refused(Code.MALFORMED, issuer=key.issuer, subject=subject, why=f"missing or unfit: {', '.join(unfit)}")
    claims = read(said)
    if code := _time_fault(claims, skew, now) or _address_fault(claims, address):
        raise Refused(code, issuer=key.issuer, subject=subject)
    return claims


def _parts(token: bytes) -> tuple[dict[str, Any], bytes, bytes, bytes]:
    """The header, the payload still unread, what was signed, the signature."""
    if len(token) > LONGEST_TOKEN:
        raise Refused(Code.MALFORMED, why=f"over {LONGEST_TOKEN} bytes")
    if token.count(b".") != 2:
        raise Refused(Code.MALFORMED, why="not three parts")
    try:
        header, payload, signature = map(unbase64url, token.split(b"."))
        return json_object(header), payload, token.rpartition(b".")[0], signature
    except ValueError as error:
        raise Refused(Code.MALFORMED, why=f"a part or the header: {error}") from error


def _key(header: dict[str, Any], keys: Mapping[str, Key], now: int) -> Key:
    """The installation's key of that name. A key that the header itself brings or points to is never looked at."""
    alg, kid = header.get("alg"), header.get("kid")
    if "crit" in header or header.get("typ") != "handoff+jwt":
        raise Refused(Code.MALFORMED, why="the header's typ is not handoff+jwt, or it has crit")
    if not isinstance(alg, str) or alg not in ALGORITHMS or not isinstance(kid, str):
        raise Refused(Code.MALFORMED, why=f"the header's alg is none of {', '.join(ALGORITHMS)}, or it has no kid")
    key = keys.get(kid)
    if key is None or not key.in_force(now):
        raise Refused(Code.UNKNOWN_KEY)
    return key


def _vouched_for(payload: bytes, key: Key) -> dict[str, Any]:
    """The payload's members, read only now that the signature holds."""
    try:
        return json_object(payload)
    except ValueError as error:
        raise Refused(Code.MALFORMED, issuer=key.issuer, why=f"the payload: {error}") from error


def _audience_fault(said: dict[str, Any], key: Key, audience: str) -> Code | None:
    aud = said.get("aud")
    for_us = aud == audience or (isinstance(aud, list) and audience in aud)
    return None if for_us and said.get("iss") == key.issuer else Code.WRONG_AUDIENCE


def _time_fault(claims: Claims, skew: int, now: int) -> Code | None:
    if claims.iat > now + skew:
        return Code.NOT_YET_VALID
    if claims.exp - claims.iat > LONGEST_LIFE:
        return Code.LIFETIME
    return Code.EXPIRED if claims.exp + skew < now else None


def _address_fault(claims: Claims, address: str) -> Code | None:
    visitor = normal(address)
    return None if visitor is not None and visitor in map(normal, claims.ip) else Code.IP_MISMATCH
