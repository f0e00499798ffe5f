"""Claims in, person out: whatever door somebody comes through, this is how they become a row."""

from dataclasses import dataclass
from typing import Any

from accounts.models import Person


@dataclass(frozen=True, kw_only=True)
class PersonData:
    """What a source says of a person at sign-in; ``language`` is only a first guess and never overrides their own choice."""

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
    }
    person = Person.objects.filter(source=data.source, subject=data.subject).first()
    if person is None:
        return _add(data, facts)
    changed = [field for field, value in facts.items() if getattr(person, field) != value]
    if changed:
        for field in changed:
            setattr(person, field, facts[field])
        person.save(update_fields=[*changed, "updated_at"])
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
