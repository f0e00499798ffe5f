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
