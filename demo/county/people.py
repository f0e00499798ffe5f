"""The counties of the trial and their teachers and pupils, from county-persons.json."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.http import HttpRequest


@dataclass(frozen=True)
class County:
    """``host`` is the name by which the one server is this county: an issuer stands at the root of a host."""

    code: str
    name: str
    name_en: str
    host: str


@dataclass(frozen=True, kw_only=True)
class Person:
    """One row of the file. ``password`` is for everybody to read; ``email`` and ``name`` may be empty."""

    county: str
    account: str
    password: str
    name: str
    email: str
    guid: str
    schoolid: str
    titles: list[str]
    shows: str
    shows_en: str

    @property
    def key(self) -> str:
        """The account with its county: the same account at two counties is two people."""
        return f"{self.county}:{self.account}"

    @property
    def shown(self) -> str:
        return self.name or self.account

    def claims(self, scopes: list[str]) -> dict[str, Any]:
        """What the county says of them, by OpenID Connect Core 1.0 section 5.4; what it does not know is not there."""
        told: dict[str, Any] = {"sub": self.account}
        if "profile" in scopes:
            told["preferred_username"] = self.account
            if self.name:
                told["name"] = self.name
        if "email" in scopes and self.email:
            told |= {"email": self.email, "email_verified": True}
        return told

    def eduinfo(self) -> dict[str, Any]:
        return {"guid": self.guid, "schoolid": self.schoolid, "titles": self.titles}


def _read() -> dict[str, Person]:
    rows = json.loads((Path(__file__).parent.parent / "county-persons.json").read_text(encoding="utf-8"))
    people = [Person(**row) for row in rows]
    return {person.key: person for person in people}


COUNTIES = {
    county.code: county
    for county in (
        County("kl", "基隆市", "Keelung City", "127.0.0.1"),
        County("hc", "新竹市", "Hsinchu City", "localhost"),
    )
}
EVERYBODY = _read()


def county_of(request: HttpRequest) -> County:
    host = request.get_host().partition(":")[0]
    return next(county for county in COUNTIES.values() if county.host == host)


def of_session(request: HttpRequest) -> Person | None:
    """Who is signed in here."""
    return EVERYBODY.get(request.user.get_username())


def of_page(request: HttpRequest) -> dict[str, Any]:
    """What every page shows."""
    return {"county": county_of(request), "person": of_session(request)}
