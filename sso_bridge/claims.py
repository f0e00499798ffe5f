"""The form that each claim must have: the table of docs/handoff.md, as code."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from accounts.addresses import normal

MOST_ADDRESSES = 4
FIRST_YEAR, LAST_YEAR = 1, 9999  # any calendar's

# Unicode's bidirectional controls (UAX 9): they can make a name read as something else.
BIDI_CONTROLS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Cc: controls. Cs: half a surrogate pair, which JSON can spell and no database can store.
UNFIT_CATEGORIES = ("Cc", "Cs")

Form = Callable[[Any], bool]


@dataclass(frozen=True, kw_only=True)
class Claims:
    """What the campus says, by the claims' own names. Times in seconds since 1970; ``ip`` always a tuple; None: not said."""

    iss: str
    jti: str
    iat: int
    exp: int
    ip: tuple[str, ...]
    sub: str
    name: str
    name_en: str
    category: str
    condition: str
    unit: str | None = None
    entry_year: int | None = None
    lang: str | None = None


def faults(said: Mapping[str, Any]) -> list[str]:
    """The names of the claims that are missing, of another type or of another form; ``iss`` is the caller's to judge."""
    missing = [name for name in REQUIRED if name not in said]
    return missing + [name for name, fits in (REQUIRED | OPTIONAL).items() if name in said and not fits(said[name])]


def read(said: Mapping[str, Any]) -> Claims:
    """The claims of a payload that has no faults."""
    told = {name: said[name] for name in (*REQUIRED, *OPTIONAL) if name in said}
    return Claims(iss=said["iss"], **told | {"ip": _addresses(told["ip"])})


def _whole(value: object) -> bool:
    return type(value) is int  # not True, which Python counts as 1; not 1.0


def _year(value: Any) -> bool:
    return _whole(value) and FIRST_YEAR <= value <= LAST_YEAR


def _made_of(pattern: str) -> Form:
    form = re.compile(pattern)
    return lambda value: isinstance(value, str) and form.fullmatch(value) is not None


def _one_of(*words: str) -> Form:
    return lambda value: value in words


def _text(least: int, most: int) -> Form:
    """Characters in Unicode NFC, none of which controls how the others are shown."""
    return lambda value: (
        isinstance(value, str)
        and least <= len(value) <= most
        and unicodedata.is_normalized("NFC", value)
        and not any(sign in BIDI_CONTROLS or unicodedata.category(sign) in UNFIT_CATEGORIES for sign in value)
    )


def _addresses(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list) else (value,)


def _some_addresses(value: object) -> bool:
    texts = _addresses(value)
    return 1 <= len(texts) <= MOST_ADDRESSES and all(isinstance(text, str) and normal(text) is not None for text in texts)


is_number = _made_of(r"[A-Za-z0-9_-]{1,32}")

REQUIRED: dict[str, Form] = {
    "iat": _whole,
    "exp": _whole,
    "jti": _made_of(r"[A-Za-z0-9_-]{16,64}"),
    "ip": _some_addresses,
    "sub": is_number,
    "name": _text(1, 100),
    "name_en": _text(0, 100),
    "category": _one_of("staff", "student"),
    "condition": _text(1, 16),
}
OPTIONAL: dict[str, Form] = {
    "unit": _text(0, 100),
    "entry_year": _year,
    "lang": _one_of("zh-hant", "en"),
}
