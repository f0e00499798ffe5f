"""People by part of a number or a name, in either script: on PostgreSQL by the index of migration 0005, at any size."""

import unicodedata

from django.db import connection
from django.db.models import Q

from accounts.models import Person

WHOLE = "number || ' ' || name || ' ' || passport_name"
CONDITIONS = {
    "postgresql": f"accounts_grams({WHOLE}) @> accounts_grams(%s) AND ({WHOLE}) ILIKE %s",
    "sqlite": f"%s <> '' AND ({WHOLE}) LIKE %s ESCAPE '\\'",
}


def terms_of(words: str) -> list[str]:
    """The parts that all have to be found: NFKC, in small letters. A single letter or digit says too little and is none."""
    parts = unicodedata.normalize("NFKC", words).lower().split()
    return [part for part in parts if len(part) > 1 or not part.isascii()]


def people(words: str, *, most: int) -> list[int]:
    """The numbers of the rows, at most so many, of people in whose number, name or passport name each term is.

    One query, and none without a term; the limit has a common syllable cost no more than a rare one.
    """
    terms = terms_of(words)
    if not terms:
        return []
    condition = " AND ".join([CONDITIONS[connection.vendor]] * len(terms))
    values = [value for term in terms for value in (term, f"%{_literal(term)}%")]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {Person._meta.db_table} WHERE {condition} LIMIT {most}", values)  # noqa: S608
        return [pk for (pk,) in cursor.fetchall()]


def known_as(words: str, *, most: int) -> set[int]:
    """The numbers of the rows of people with that whole GUID, sign-in name, account name, address or application number."""
    local_part, _at, domain = words.lower().partition("@")
    address = Q(mailboxes__local_part=local_part) & (Q(mailboxes__domain=domain) if domain else Q())
    # Each by an index of its own; with OR between them PostgreSQL would read all the people.
    exact = (Q(guid=words), Q(username=words), address, Q(applications__reference=words.upper()))
    return {pk for one in exact for pk in Person.objects.filter(one).values_list("pk", flat=True)[:most]}


def condition(words: str, *, of: str = "") -> Q:
    """The same without index or limit, for rows that are few or read in order; ``of`` is the way from them to a person."""
    fields = [f"{of}{field}__icontains" for field in ("number", "name", "passport_name")]
    found = Q(pk__in=[]) if not terms_of(words) else Q()
    for term in terms_of(words):
        found &= Q(*((field, term) for field in fields), _connector=Q.OR)
    return found


def _literal(term: str) -> str:
    for sign in ("\\", "%", "_"):
        term = term.replace(sign, f"\\{sign}")
    return term
