"""The parts of JOSE that are read strictly here: base64url (RFC 7515 section 2) and JSON without surprises (RFC 8259)."""

import base64
import json
import re
from typing import Any, NoReturn

BASE64URL = re.compile(rb"[A-Za-z0-9_-]*")


def unbase64url(text: bytes) -> bytes:
    """Decode the one spelling that RFC 7515 allows: no padding, no other character, no bit left over. Else ValueError."""
    if not BASE64URL.fullmatch(text):
        raise ValueError("not base64url")
    octets = base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))
    if base64url(octets) != text:
        raise ValueError("not the shortest base64url")
    return octets


def base64url(octets: bytes) -> bytes:
    return base64.urlsafe_b64encode(octets).rstrip(b"=")


def json_object(octets: bytes) -> dict[str, Any]:
    """The members of one JSON object in UTF-8; ValueError for any other input.

    A name that stands twice in an object, at any depth, is refused: two readers could take two different values.
    """
    try:
        value = json.loads(octets.decode(), object_pairs_hook=_members_once, parse_constant=_no_constant)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    return value


def _members_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a name stands twice")
    return members


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
