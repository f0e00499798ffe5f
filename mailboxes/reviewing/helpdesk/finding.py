"""Finding the one person who is on the telephone, by whatever they can read out."""

from dataclasses import dataclass

from accounts import refusals, searching
from accounts.models import Person
from accounts.refusals import Refusal

MOST = 20  # more than these are not told apart on the telephone


@dataclass(frozen=True)
class Found:
    """``more`` says that only the first ``MOST`` are there; ``refusal`` is what the words are the reference of."""

    people: list[Person]
    more: bool
    refusal: Refusal | None


def find(words: str) -> Found:
    """By number, name in either script, account name, address, sign-in name, application number or reference."""
    words = words.strip()
    if refusal := refusals.find(words):
        return Found(list(Person.objects.filter(pk__in=[refusal.person_id])), False, refusal)
    ids = searching.known_as(words, most=MOST + 1) or set(searching.people(words, most=MOST + 1))
    people = Person.objects.filter(pk__in=ids).prefetch_related("mailboxes").order_by("number", "pk")
    return Found(list(people[:MOST]), len(ids) > MOST, None)
