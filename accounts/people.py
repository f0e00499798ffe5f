"""Claims in, person out: whatever door somebody comes through, this is how they become a row."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.db import connection

from accounts.models import Person


@dataclass(frozen=True, kw_only=True)
class PersonData:
    """What a source says of a person at sign-in; ``language`` is only a first guess and never overrides their own choice.

    ``guid``, ``school_code`` and ``roles`` come from a county and from nobody else. None there, or as a category, changes
    nothing.
    """

    source: str
    subject: str
    number: str
    name: str
    passport_name: str
    category: str | None
    condition: str
    unit: str = ""
    entry_year: int | None = None
    language: str = ""
    guid: str | None = None
    school_code: str | None = None
    roles: list[str] | None = None


def bring_up_to_date(data: PersonData) -> Person:
    """The person of ``(source, subject)``, made at the first visit, with the data as the source sends them today."""
    facts = {
        "number": data.number,
        "name": data.name,
        "passport_name": data.passport_name,
        "condition": data.condition,
        "unit": data.unit,
        "entry_year": data.entry_year,
    } | _county_facts(data)
    if data.category is not None:
        facts["category"] = data.category
    person = _known(data)
    if person is None:
        return _add(data, facts)
    _take(person, facts if _is_own(person, data) else _county_facts(data))
    return person


def take_county_facts(person: Person, data: PersonData) -> None:
    """For somebody whose second way in this is: their number, name and condition stay as their own source sent them."""
    _take(person, _county_facts(data))


def hold_account(data: PersonData) -> None:
    """Until the transaction ends: a first sign-in with an account and its linking look for each other, one at a time.

    Or else one account would lead two ways. SQLite has one writer at a time.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{data.source}:{data.subject}"])


def forget_county_facts(person: Person) -> None:
    """For somebody who has no account of a county any more."""
    _take(person, {"guid": "", "school_code": "", "roles": []})


def _county_facts(data: PersonData) -> dict[str, Any]:
    facts = {"guid": data.guid, "school_code": data.school_code, "roles": data.roles}
    return {field: value for field, value in facts.items() if value is not None}


def _take(person: Person, facts: dict[str, Any]) -> None:
    changed = [field for field, value in facts.items() if getattr(person, field) != value]
    if changed:
        for field in changed:
            setattr(person, field, facts[field])
        person.save(update_fields=[*changed, "updated_at"])


def _known(data: PersonData) -> Person | None:
    """Whose account it is, or whoever has made it a second way in; no account of the campus is anybody's second way."""
    own = Person.objects.filter(source=data.source, subject=data.subject)
    if data.source == Person.CAMPUS:
        return own.first()
    hold_account(data)
    ways = SocialAccount.objects.filter(provider=data.source, uid=data.subject)
    found: list[Person] = list(own.union(Person.objects.filter(pk__in=ways.values("user")), all=True))
    return next((person for person in found if _is_own(person, data)), found[0] if found else None)


def _is_own(person: Person, data: PersonData) -> bool:
    return (person.source, person.subject) == (data.source, data.subject)


def _add(data: PersonData, facts: dict[str, Any]) -> Person:
    """One INSERT, which a first visit at the same moment turns into an update; get_or_create would add a savepoint."""
    person = _unsaved(data.source, data.subject, {"language": data.language} | facts)
    _insert_or_update([person], facts)
    return person


def _unsaved(source: str, subject: str, facts: Mapping[str, Any]) -> Person:
    return Person(
        source=source,
        subject=subject,
        username=f"{source}:{subject}",
        # "!" alone is what Django calls an unusable password; hashing a random one would cost 20 ms a sign-in.
        password="!",  # noqa: S106  (not a password but the sign that there is none)
        **facts,
    )


def _insert_or_update(people: Sequence[Person], fields: Iterable[str]) -> None:
    Person.objects.bulk_create(
        people, update_conflicts=True, unique_fields=["source", "subject"], update_fields=[*fields, "updated_at"]
    )


# --- many of the campus at once: each a mapping of facts with their number, all of them with the same fields ---------------


@dataclass(frozen=True)
class Differing:
    """Of many people, those who are not there yet, those of whom something else is known, and how many are as they were."""

    new: list[Mapping[str, Any]]
    changed: list[Mapping[str, Any]]
    same: int


def differing(many: Sequence[Mapping[str, Any]]) -> Differing:
    """What ``bring_many_up_to_date`` would do; one query."""
    fields = _brought(many)
    rows = Person.objects.filter(source=Person.CAMPUS, subject__in=[facts["number"] for facts in many])
    known = {subject: values for subject, *values in rows.values_list("subject", *fields)}
    new = [facts for facts in many if facts["number"] not in known]
    there = [facts for facts in many if facts["number"] in known]
    changed = [facts for facts in there if [facts[field] for field in fields] != known[facts["number"]]]
    return Differing(new, changed, len(there) - len(changed))


def bring_many_up_to_date(many: Sequence[Mapping[str, Any]], *, now: datetime) -> Differing:
    """As ``bring_up_to_date``, in two statements; what was done. A closed account stays closed."""
    found = differing(many)
    given = ({"imported_at": now, **facts} for facts in (*found.new, *found.changed))
    people = [_unsaved(Person.CAMPUS, facts["number"], facts) for facts in given]
    if people:
        _insert_or_update(people, _brought(many))
    return found


def _brought(many: Sequence[Mapping[str, Any]]) -> list[str]:
    """The fields that are brought up to date: a language is only a first guess, for somebody new."""
    return [field for field in many[0] if field != "language"]
