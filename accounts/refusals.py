"""Refused sign-ins by the reference on the visitor's page: each door says what it kept of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """``number`` is the campus's, where a good signature vouched for it; ``person_id`` where the portal knows them."""

    reference: str
    when: datetime
    code: str
    heading: str | Promise
    sentence: str | Promise
    number: str
    person_id: int | None


Tell = Callable[[str], Refusal | None]
_doors: dict[str, Tell] = {}


def learn(prefix: str, tell: Tell) -> None:
    """Have ``tell`` asked for references that begin with this letter: this room knows the doors of no other."""
    _doors[prefix] = tell


def find(words: str) -> Refusal | None:
    """What was kept under the reference, as somebody reads it out: in small letters, with or without its hyphen."""
    said = words.upper().replace("-", "").replace(" ", "")
    tell = _doors.get(said[:1])
    return tell(f"{said[:1]}-{said[1:]}") if tell and len(said) > 1 else None
