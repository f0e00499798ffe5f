"""The form that each claim must have: the table of docs/handoff.md, as code."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounts import facts
from accounts.addresses import normal

MOST_ADDRESSES = 4


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


def _addresses(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list) else (value,)


def _some_addresses(value: object) -> bool:
    texts = _addresses(value)
    return 1 <= len(texts) <= MOST_ADDRESSES and all(isinstance(text, str) and normal(text) is not None for text in texts)


REQUIRED: dict[str, facts.Form] = {
    "iat": facts.is_whole,
    "exp": facts.is_whole,
    "jti": facts.made_of(r"[A-Za-z0-9_-]{16,64}"),
    "ip": _some_addresses,
    "sub": facts.is_number,
    "name": facts.is_name,
    "name_en": facts.is_passport_name,
    "category": facts.is_category,
    "condition": facts.is_condition,
}
OPTIONAL: dict[str, facts.Form] = {
    "unit": facts.is_unit,
    "entry_year": facts.is_year,
    "lang": facts.is_language,
}
