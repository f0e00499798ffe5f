"""Times the administrators' pictures over 1,000,000 applications of the last year, in a database of its own on PostgreSQL.

A fifth of them were reviewed. The page is asked for as a browser does, but without a server between.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from statistics import median
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEvent, Person
from mailboxes.models import Application, Job, Mailbox, MailService, Tally
from tests.bench.inside.copies import copy_rows
from tests.conftest import Browser

EACH = 250_000  # applications of each of the four services
REFUSALS, EVENTS = 100_000, 900_000
WAITING_JOBS = 5_000
TIMES = 7
PAGE = "/admin/mailboxes/figure/"
TODAY = timezone.localdate()
RANGES = {
    "30 days": "days=30",
    "365 days, all of them": "days=365",
    "ten years, all of them": f"since={TODAY - timedelta(days=3650)}&until={TODAY}",
}
SECONDS = f"({365 * 86400 - 60} * (i::float / {EACH}))"  # before now
SHARES = (
    "CASE WHEN {i} % 50 = 0 THEN 'rejected' WHEN {i} % 50 = 1 THEN 'cancelled' WHEN {i} % 200 = 2 THEN 'review'"
    " WHEN {i} % 200 = 3 THEN 'pending' WHEN {i} % 1000 = 4 THEN 'asked' ELSE 'done' END"
)


def measure() -> dict[str, Any]:
    settings.ALLOWED_HOSTS = ["testserver"]
    call_command("migrate", verbosity=0)
    call_command("seed", "demo/portal-seed.json", verbosity=0)
    fill()
    client = Browser()
    client.force_login(Person.objects.create_superuser("reader"))
    return {
        "applications": Application.objects.count(),
        "times": {name: _times(client, f"{PAGE}?{query}") for name, query in RANGES.items()},
    }


def fill() -> None:
    """A year of a very large campus."""
    person = Person.objects.create(source="campus", subject="p0", username="campus:p0", number="p0", name="林美華")
    _copies(Person, person, EACH, subject="'p' || i", username="'campus:p' || i", number="'p' || i")
    for service in MailService.objects.all():
        _apply(service, person)
    _refuse(person)
    _count()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # as PostgreSQL does by itself after a while


def _apply(service: MailService, person: Person) -> None:
    now = timezone.now()
    who = {"service": service, "person": person}
    box = Mailbox.objects.create(
        **who, local_part="q0q", domain=service.domain, stem="q0q", stem_number=1, state="active", active_at=now
    )
    first = Application.objects.create(**who, mailbox=box, state="done", submitted_at=now, finished_at=now)
    state = SHARES.format(i="i")
    received = f"now() - {SECONDS} * interval '1 second'"
    taken = "CASE WHEN i % 100 = 7 THEN 300 + i % 4000 ELSE 1 + i % 20 END * interval '1 second'"
    reviewed = "i % 5 = 0 OR i % 200 = 2 OR i % 1000 = 4"
    review = "(3600 + i % 200000) * interval '1 second'"
    people = person.pk
    boxes = Mailbox.objects.latest("pk").pk
    held = "i % 50 >= 2 AND i % 400 = 5"
    _copies(
        Mailbox, box, EACH, person_id=f"{people} + i", local_part="'q' || i || 'q'", stem="'q' || i || 'q'",
        state=f"CASE WHEN i % 50 < 2 THEN 'cancelled' WHEN {held} THEN 'suspended' ELSE 'active' END",
        hold=f"CASE WHEN {held} THEN 'rule' ELSE '' END", cause=f"CASE WHEN {held} THEN 'rule' ELSE '' END",
        held_at=f"CASE WHEN {held} THEN now() END",
    )  # fmt: skip
    _copies(
        Application, first, EACH, reference=f"'C' || {service.pk} || '-' || i", person_id=f"{people} + i",
        mailbox_id=f"{boxes} + i", state=state, created_at=received, submitted_at=received,
        password_hash=f"CASE WHEN {state} IN ('review', 'asked') THEN 'x' ELSE '' END",
        queued_at=f"CASE WHEN {reviewed} THEN {received} END",
        decided_at=f"CASE WHEN i % 5 = 0 THEN {received} + {review} END",
        finished_at=f"CASE WHEN {state} IN ('done', 'rejected', 'cancelled')"
        f" THEN {received} + CASE WHEN {reviewed} THEN {review} ELSE {taken} END END",
    )  # fmt: skip
    job = Job.objects.create(mailbox=box, address=box.address, kind="suspend", due_at=now, last_error="store-unavailable: x")
    _copies(Job, job, WAITING_JOBS // 4)


def _refuse(person: Person) -> None:
    event = AuditEvent.objects.create(verb="application.pending", person=person, details={"application": "A-1"})
    at = "now() - (31536000.0 * i / {count}) * interval '1 second'"
    _copies(AuditEvent, event, EVENTS, happened_at=at.format(count=EVENTS))
    refusal = AuditEvent.objects.create(verb="handoff.refused", person=person, details={"code": "expired"})
    code = "CASE WHEN i % 3 = 0 THEN 'ip-mismatch' ELSE 'expired' END"
    _copies(
        AuditEvent, refusal, REFUSALS, happened_at=at.format(count=REFUSALS), details=f"jsonb_build_object('code', {code})"
    )


def _count() -> None:
    Tally.objects.bulk_create(
        Tally(day=TODAY - timedelta(days=days), service=service, what=what, value=value, count=days)
        for service in MailService.objects.all()
        for what, values in (("strength", "34"), ("failure", ("store-unavailable", "store-mismatch")))
        for value in values
        for days in range(3650)
    )


def _copies(model: type[Model], template: Model, count: int, **columns: str) -> None:
    table = model._meta.db_table
    copy_rows(model, template, count, **columns)
    with connection.cursor() as cursor:  # whose numbers the sequence does not know
        cursor.execute(f"SELECT setval(pg_get_serial_sequence(%s, 'id'), (SELECT max(id) FROM {table}))", [table])  # noqa: S608


def _times(client: Client, path: str) -> dict[str, float]:
    """In milliseconds: the median of some first asks and of as many second ones."""
    first, second = [], []
    for _ in range(TIMES):
        cache.clear()
        first.append(_taken(lambda: client.get(path)))
        second.append(_taken(lambda: client.get(path)))
    return {"first": median(first), "slowest first": max(first), "second": median(second)}


def _taken(ask: Callable[[], Any]) -> float:
    started = time.perf_counter()
    assert ask().status_code == 200
    return 1000 * (time.perf_counter() - started)
