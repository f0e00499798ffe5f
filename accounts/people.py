"""Claims in, person out: whatever door somebody comes through, this is how they become a row."""

from dataclasses import dataclass
from typing import Any

from allauth.socialaccount.models import SocialAccount

from accounts.models import Person


@dataclass(frozen=True, kw_only=True)
class PersonData:
    """What a source says of a person at sign-in; ``language`` is only a first guess and never overrides their own choice.

    ``guid``, ``school_code`` and ``roles`` come from a county and from nobody else: None changes nothing.
    """

    source: str
    subject: str
    number: str
    name: str
    passport_name: str
    category: str
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
        "category": data.category,
        "condition": data.condition,
        "unit": data.unit,
        "entry_year": data.entry_year,
    } | _county_facts(data)
    person = Person.objects.filter(source=data.source, subject=data.subject).first()
    if person is None:
        return _linked(data) or _add(data, facts)
    _take(person, facts)
    return person


def take_county_facts(person: Person, data: PersonData) -> None:
    """For somebody whose second way in this is: their number, name and condition stay as their own source sent them."""
    _take(person, _county_facts(data))


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


def _linked(data: PersonData) -> Person | None:
    """Whoever has made this account a second way in; the campus's own people are never anybody's second way."""
    if data.source == Person.CAMPUS:
        return None
    way = SocialAccount.objects.select_related("user").filter(provider=data.source, uid=data.subject).first()
    if way is None:
        return None
    person: Person = way.user
    take_county_facts(person, data)
    return person


def _add(data: PersonData, facts: dict[str, Any]) -> Person:
    """One INSERT, which a first visit at the same moment turns into an update; get_or_create would add a savepoint."""
    person = Person(
        source=data.source,
        subject=data.subject,
        username=f"{data.source}:{data.subject}",
        language=data.language,
        # "!" alone is what Django calls an unusable password; hashing a random one would cost 20 ms a sign-in.
        password="!",  # noqa: S106  (not a password but the sign that there is none)
        **facts,
    )
    Person.objects.bulk_create(
        [person], update_conflicts=True, unique_fields=["source", "subject"], update_fields=[*facts, "updated_at"]
    )
    return person
