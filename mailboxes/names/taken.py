"""What the database knows of names: two questions, each of them one query however many names are taken."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import connection

from accounts.models import Person
from mailboxes.models import MailService
from mailboxes.models.stem import stem_of
from mailboxes.names.passport import Run
from mailboxes.names.reserved import ROLES, words_of

# Walks from each free number of a run to the next: number + 1 if nobody has it, else what follows the end of the row of
# taken numbers that begins there. A step is a few look-ups in the unique index on (domain, stem, stem_number). "IS NULL"
# where "EXISTS" would read better: PostgreSQL would make a join or a hash of that, from every name of the domain.
SMALLEST_FREE = """
WITH RECURSIVE free (stem, low, high, number, missing) AS (
    SELECT column1, column2, column3, CAST(column2 - 1 AS bigint), %s FROM (VALUES {runs}) AS run
    UNION ALL
    SELECT stem, low, high,
        CASE WHEN (
            SELECT taken.id FROM mailboxes_mailbox AS taken
            WHERE taken.domain = %s AND taken.stem = free.stem AND taken.stem_number = free.number + 1
        ) IS NOT NULL THEN (
            SELECT taken.end_number + 1 FROM mailboxes_mailbox AS taken
            WHERE taken.domain = %s AND taken.end_stem = free.stem AND taken.end_number > free.number
            AND (
                SELECT follower.id FROM mailboxes_mailbox AS follower
                WHERE follower.domain = %s AND follower.stem = free.stem AND follower.stem_number = taken.stem_number + 1
            ) IS NULL
            ORDER BY taken.end_number LIMIT 1
        ) ELSE number + 1 END,
        missing - 1
    FROM free WHERE missing > 0 AND number < high
)
SELECT stem, low, high, number FROM free WHERE number BETWEEN low AND high ORDER BY number
"""

# By number: of a list of stems beside one of numbers SQLite reads every number of a stem, and of a list of pairs the whole
# table; PostgreSQL does so where each pair has a condition of its own.
# One's own mailboxes are looked for by person alone: with the service or the domain beside it, SQLite takes an index that
# finds nearly every row.
LOOK_UP = """
SELECT 'taken', stem, stem_number FROM mailboxes_mailbox
WHERE ({alike}) AND NOT (person_id = %s AND service_id = %s AND state = 'cancelled')
UNION ALL
SELECT CASE WHEN domain = %s AND service_id = %s AND state = 'cancelled' THEN 'held' ELSE 'other' END, local_part, id
FROM mailboxes_mailbox WHERE person_id = %s
UNION ALL
SELECT 'reserved', word, id FROM mailboxes_reservedname
WHERE word IN ({words}) OR word IN (SELECT local_part FROM mailboxes_mailbox WHERE person_id = %s)"""
ALIKE = "domain = %s AND stem_number = %s AND stem IN ({stems})"
NOBODY = 0  # no row has this number
NO_STEM = ("", 0)  # nor this stem


@dataclass(frozen=True)
class Known:
    """Of the names asked about: the stems that somebody has; the reserved words; and the names, newest first, that only
    applications cancelled by the person hold, so that they can have them again."""

    stems: frozenset[tuple[str, int]]
    reserved: frozenset[str]
    held: tuple[str, ...]

    def allows(self, name: str) -> bool:
        """Whether no word of the name is reserved, by us or by an administrator."""
        return not words_of(name) & (ROLES | self.reserved)

    def is_free(self, name: str) -> bool:
        """Whether nobody else has the name, or one that differs from it in separators alone."""
        return stem_of(name) not in self.stems


def look_up(
    names: Iterable[str], *, numbered: Collection[str] = (), domain: str, service: MailService, person: Person | None
) -> Known:
    """One query: which of ``names`` are taken in ``domain``, and which of their words are reserved.

    ``numbered`` are stems, of letters only, whose words matter too, with whatever number.
    """
    alike = _by_number({stem_of(name) for name in names} or {NO_STEM})
    words = {word for name in (*names, *numbered) for word in words_of(name)}
    me = person.pk if person else NOBODY
    query = LOOK_UP.format(
        alike=" OR ".join(ALIKE.format(stems=_marks(stems)) for stems in alike.values()), words=_marks(words)
    )
    keys: list[str | int] = []
    for number, stems in alike.items():
        keys += [domain, number, *stems]
    values: list[str | int] = [*keys, me, service.pk, domain, service.pk, me, *words, me]
    if numbered:
        query += f" OR word {connection.operators['regex']}"  # type: ignore[attr-defined]  # every backend has it
        values.append(rf"^({'|'.join(sorted(numbered))})[0-9]+$")
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        rows = cursor.fetchall()
    return Known(
        stems=frozenset((stem, number) for kind, stem, number in rows if kind == "taken"),
        reserved=frozenset(word for kind, word, _ in rows if kind == "reserved"),
        held=tuple(name for _, name in sorted(((pk, name) for kind, name, pk in rows if kind == "held"), reverse=True)),
    )


def _by_number(pairs: Iterable[tuple[str, int]]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for stem, number in pairs:
        found.setdefault(number, []).append(stem)
    return found


def _marks(values: Collection[object]) -> str:
    return ", ".join(["%s"] * len(values)) or "NULL"


def smallest_free(runs: Iterable[Run], *, domain: str, wanted: int) -> dict[Run, list[int]]:
    """One query: the smallest free numbers of each run in order, ``wanted`` of them or as many as there are."""
    free: dict[Run, list[int]] = {run: [] for run in runs}
    bounds = [value for run in free for value in (run.stem, run.low, run.high)]
    query = SMALLEST_FREE.format(runs=", ".join(["(%s, %s, %s)"] * len(free)))
    with connection.cursor() as cursor:
        cursor.execute(query, [wanted, *bounds, domain, domain, domain])
        for stem, low, high, number in cursor.fetchall():
            free[Run(stem, low, high)].append(number)
    return free
