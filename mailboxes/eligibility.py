"""Whose condition lets them have a service: of one person, and as a question to the database about everybody."""

from collections.abc import Mapping

from django.db.models import Q

from accounts.models import Person
from mailboxes.models import MailService

Table = Mapping[str, list[str]]


def of_category(table: Table, person: Person) -> list[str]:
    """What such a table has for the person's own category."""
    return table.get(category_of(person), [])


def category_of(person: Person) -> str:
    """The category as tables have it.

    One of the campus stands by its name alone; any other has the kind of its source before it, for a student of a county's
    school is none of the campus: ``county:student``.
    """
    kind = person.source.partition(":")[0]
    return person.category if kind in (Person.CAMPUS, Person.LOCAL) else f"{kind}:{person.category}"


def is_entitled(service: MailService, person: Person) -> bool:
    """Whether the condition of that person lets them have the service, by itself or by appeal."""
    return any(person.condition in of_category(table, person) for table in (service.eligible, service.open_to_appeal))


def entitled(service: MailService, of: str = "person__") -> Q:
    """The same for the people that rows lead to by ``of``."""
    found = Q(pk__in=[])
    for table in (service.eligible, service.open_to_appeal):
        for key, conditions in table.items():
            kind, _sign, category = key.rpartition(":")
            source = (
                Q(**{f"{of}source": kind}) | Q(**{f"{of}source__startswith": f"{kind}:"})
                if kind
                else Q(**{f"{of}source__in": [Person.CAMPUS, Person.LOCAL]})
            )
            found |= source & Q(**{f"{of}category": category, f"{of}condition__in": conditions})
    return found


def key_of(person: Person) -> str:
    """Category and condition, for which an administrator lets a mailbox stay (``Mailbox.kept_for``)."""
    return f"{category_of(person)}={person.condition}"
