"""The people of the demo campus, from persons.json, and who of them is signed in."""

import json
from dataclasses import dataclass
from pathlib import Path

from django.http import HttpRequest

SESSION_KEY = "number"
CATEGORIES = {"staff": ("教職員工", "Staff"), "student": ("學生", "Student")}


@dataclass(frozen=True, kw_only=True)
class Person:
    """One row of persons.json: the claims of docs/handoff.md by their own names, and what choosing this person shows."""

    number: str
    name: str
    name_en: str
    category: str
    condition: str
    condition_en: str
    unit: str
    shows: str
    shows_en: str
    entry_year: int | None = None
    lang: str = ""

    @property
    def category_label(self) -> tuple[str, str]:
        return CATEGORIES[self.category]


def _read() -> dict[str, Person]:
    rows = json.loads(Path(__file__).with_name("persons.json").read_text(encoding="utf-8"))
    return {row["number"]: Person(**row) for row in rows}


EVERYBODY = _read()


def of_session(request: HttpRequest) -> Person | None:
    return EVERYBODY.get(request.session.get(SESSION_KEY, ""))


def signed_in(request: HttpRequest) -> dict[str, Person | None]:
    """What every page shows: the name in the masthead, and the menu where there is one."""
    return {"person": of_session(request)}
