"""A file of people, checked or brought into the database."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import islice
from typing import Any

from django.db import transaction

from accounts import audit, people
from accounts.importing import encodings, reading
from accounts.importing.problems import Problem
from accounts.importing.reading import Row
from accounts.models import Person

AT_ONCE = 1000  # people in one statement

Progress = Callable[[int], None]
Tell = Callable[[Problem], None]


@dataclass
class Report:
    """What a file holds: ``new``, ``changed`` and ``same`` are people; with ``problems`` nothing of it may be imported."""

    encoding: str
    new: int = 0
    changed: int = 0
    same: int = 0
    problems: int = 0

    @property
    def in_all(self) -> int:
        return self.new + self.changed + self.same

    def counts(self) -> dict[str, int]:
        return {"new": self.new, "changed": self.changed, "same": self.same}

    def add(self, found: people.Differing) -> None:
        self.new += len(found.new)
        self.changed += len(found.changed)
        self.same += found.same


def check(content: bytes, *, tell: Tell, progress: Progress) -> Report:
    """What an import would do; changes nothing. ``tell`` hears of every problem, ``progress`` how many lines are done.

    Raises Refused for what is no text at all.
    """
    encoding = encodings.recognise(content)
    report = Report(encoding.name)
    for rows, problems in _batches(content, encoding, progress):
        for problem in problems:
            tell(problem)
        report.problems += len(problems)
        if rows:
            report.add(people.differing([row.facts for row in rows]))
    return report


@transaction.atomic
def write(
    content: bytes,
    *,
    actor: Person | None,
    address: str | None,
    file_name: str,
    now: datetime,
    progress: Progress,
    **details: Any,
) -> Report:
    """Bring everybody in the file up to date, or nobody: ValueError for a file that ``check`` has a problem with.

    One audit event says who did it and what came of it.
    """
    encoding = encodings.recognise(content)
    report = Report(encoding.name)
    for rows, problems in _batches(content, encoding, progress):
        if problems:
            raise ValueError(f"Line {problems[0].line}: {problems[0].code}")
        report.add(people.bring_many_up_to_date([row.facts for row in rows], now=now))
    digest = sha256(content).hexdigest()
    facts = {"file": file_name, "sha256": digest, "encoding": encoding.name} | report.counts() | details
    audit.record("people.imported", person=None, actor=actor, address=address, **facts)
    return report


def _batches(
    content: bytes, encoding: encodings.Encoding, progress: Progress
) -> Iterator[tuple[Sequence[Row], Sequence[Problem]]]:
    """So many lines at once, those that hold a person apart from the problems."""
    read = reading.read(content, encoding)
    done = 0
    while batch := list(islice(read, AT_ONCE)):
        yield [one for one in batch if isinstance(one, Row)], [one for one in batch if isinstance(one, Problem)]
        done = max(batch[-1].line, done)
        progress(done)
