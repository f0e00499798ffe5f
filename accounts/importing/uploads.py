"""Files from the administration: rows that a worker checks and, once an administrator says so, imports."""

from datetime import datetime, timedelta
from hashlib import sha256

from django.core.cache import cache
from django.db import transaction
from django.db.models import F, QuerySet

from accounts.importing import encodings, services
from accounts.importing.problems import Problem
from accounts.models import PeopleImport, Person

State = PeopleImport.State
WORK = (State.CHECKING, State.WRITING)
LEASE = timedelta(minutes=5)  # a hundred thousand people take a tenth of it
MOST_ATTEMPTS = 3
PROBLEMS_KEPT = 1000
KEPT = timedelta(days=1)  # an unconfirmed file


def upload(content: bytes, *, file_name: str, person: Person, address: str | None) -> PeopleImport:
    """Take a file in and have it checked; Refused for what is no text, or too much."""
    encoding = encodings.recognise(content)
    return PeopleImport.objects.create(
        file_name=file_name[-200:],
        content=content,
        sha256=sha256(content).hexdigest(),
        lines=content.count(b"\n") + (not content.endswith(b"\n")),
        encoding=encoding.name,
        uploaded_by=person,
        address=address,
    )


def confirm(upload: PeopleImport, *, person: Person, address: str | None) -> bool:
    """Have it imported; False where it is not ready, as after a second click."""
    known = {"confirmed_by": person, "address": address, "attempts": 0, "leased_until": None}
    return _ready(upload).update(state=State.WRITING, **known) == 1


def drop(upload: PeopleImport, *, now: datetime) -> bool:
    """Forget the file; False where it is not ready."""
    return _ready(upload).update(state=State.DROPPED, content=b"", finished_at=now) == 1


def _ready(upload: PeopleImport) -> QuerySet[PeopleImport]:
    return PeopleImport.objects.filter(pk=upload.pk, state=State.READY)


def claim(*, now: datetime) -> PeopleImport | None:
    """The oldest import with work to do, if nobody works on any: two at once could lock each other's people.

    What three workers have died of is ended here.
    """
    working = PeopleImport.objects.filter(state__in=WORK)
    if working.filter(leased_until__gte=now).exists():
        return None
    problem = Problem(0, "", "gave-up").as_json()
    ended = {"state": State.FAILED, "content": b"", "problems": [problem], "problem_count": 1, "finished_at": now}
    working.filter(attempts__gte=MOST_ATTEMPTS).update(**ended)
    found = working.order_by("pk").first()
    if found is None:
        return None
    free = working.filter(pk=found.pk, attempts=found.attempts)
    if not free.update(attempts=F("attempts") + 1, leased_until=now + LEASE):
        return None
    found.attempts += 1
    return found


def work(claimed: PeopleImport, *, now: datetime) -> None:
    """Do what its state asks for."""
    if claimed.state == State.CHECKING:
        _check(claimed, now)
    else:
        _write(claimed, now)


def _check(claimed: PeopleImport, now: datetime) -> None:
    problems: list[Problem] = []

    def tell(problem: Problem) -> None:
        if len(problems) < PROBLEMS_KEPT:
            problems.append(problem)

    report = services.check(bytes(claimed.content), tell=tell, progress=lambda lines: _progress(claimed, lines))
    found = report.counts() | {"problem_count": report.problems, "problems": [problem.as_json() for problem in problems]}
    if report.problems:
        found |= {"state": State.REFUSED, "content": b"", "finished_at": now}
    else:
        found |= {"state": State.READY, "leased_until": None}
    PeopleImport.objects.filter(pk=claimed.pk, state=State.CHECKING, attempts=claimed.attempts).update(**found)


@transaction.atomic
def _write(claimed: PeopleImport, now: datetime) -> None:
    """The row is locked meanwhile, so whoever thinks this worker dead waits, and then finds nothing left to do."""
    mine = PeopleImport.objects.select_for_update().filter(pk=claimed.pk, state=State.WRITING, attempts=claimed.attempts)
    upload = mine.first()
    if upload is None:
        return
    report = services.write(
        bytes(upload.content),
        actor=upload.confirmed_by,
        address=upload.address,
        file_name=upload.file_name,
        now=now,
        progress=lambda lines: _progress(upload, lines),
    )
    for field, count in report.counts().items():
        setattr(upload, field, count)
    upload.state, upload.content, upload.finished_at = State.DONE, b"", now
    upload.save()


def forget_old(now: datetime) -> None:
    """Files that nobody has confirmed."""
    old = PeopleImport.objects.filter(state=State.READY, uploaded_at__lt=now - KEPT)
    old.update(state=State.DROPPED, content=b"", finished_at=now)


def _progress(upload: PeopleImport, lines: int) -> None:
    """In the cache: the transaction that writes shows nothing before its end."""
    cache.set(_key(upload), lines, timeout=LEASE.total_seconds())


def lines_done(upload: PeopleImport) -> int:
    """How far the worker is; 0 where nobody knows."""
    return int(cache.get(_key(upload)) or 0)


def _key(upload: PeopleImport) -> str:
    return f"import:{upload.pk}:{upload.state}"
