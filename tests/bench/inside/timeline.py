"""Times the helpdesk's page of one person with 5,000 events among 10,000,000, in a database of its own on PostgreSQL.

Each page is asked for as a browser does, but without a server between; each look is written down, as always.
"""

import time
from statistics import median
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import audit
from accounts.models import AuditEvent, Person
from mailboxes.models import LoginRecord, Mailbox, MailService
from tests.bench.inside.copies import copy_rows
from tests.conftest import Browser

ALL, OURS, LOG_INS = 10_000_000, 5_000, 20_000
EACH = ALL // OURS  # every so many-th event is ours, so that they lie in as many different places
PEOPLE = 20_000
TIMES = 20  # of each page, which is less in all than a helper may look at in an hour
VERBS = ("policy.agreed", "mailbox.password-asked", "mailbox.password-done", "contact.added", "forwarding.changed")


def measure() -> dict[str, Any]:
    settings.ALLOWED_HOSTS = ["testserver"]
    call_command("migrate", verbosity=0)
    call_command("seed", "demo/portal-seed.json", verbosity=0)
    helper = Person.objects.create_superuser("helper")
    person = _person()
    _events(person)
    _log_ins(person)
    with connection.cursor() as cursor:
        for reset in connection.ops.sequence_reset_sql(no_style(), [AuditEvent]):  # each look adds one more
            cursor.execute(reset)
        cursor.execute("VACUUM ANALYZE")  # as PostgreSQL does by itself after a while
    client = Browser()
    client.force_login(helper)
    page = f"/admin/mailboxes/helpdeskcase/{person.pk}/change/"
    middle = AuditEvent.objects.filter(person=person).order_by("-happened_at")[OURS // 2]
    place = f"{middle.happened_at:%Y-%m-%dT%H:%M:%S.%fZ}~0~{middle.pk}"
    shown = {
        "newest": page,
        "from the middle": f"{page}?before={place}",
        "one kind": f"{page}?kind=person",
        "one day": f"{page}?day={timezone.localtime(middle.happened_at):%Y-%m-%d}",
    }
    return {"pages": {name: median(_times(client, path)) for name, path in shown.items()}}


def _person() -> Person:
    first = Person.objects.create(source="campus", subject="m0", username="campus:m0", number="m0", name="林美華")
    subject = "'m' || i"
    copy_rows(Person, first, PEOPLE, subject=subject, username=f"'campus:' || {subject}", number=subject)
    return first


def _events(person: Person) -> None:
    """One every three seconds of the last year, ours among them."""
    audit.record("policy.agreed", person=person, actor=person, address="192.0.2.1", policy="network", version="2026-08")
    like = AuditEvent.objects.latest("pk")
    whose = f"CASE WHEN i % {EACH} = 0 THEN {person.pk} ELSE {person.pk} + 1 + i % {PEOPLE} END"
    columns = {
        "person_id": whose,
        "actor_id": whose,
        "happened_at": f"happened_at - ({ALL} - i) * interval '3 seconds'",
        "verb": f"(ARRAY{list(VERBS)})[1 + (i / {EACH}) % {len(VERBS)}]",
    }
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # no trigger checks ten million rows
        copy_rows(AuditEvent, like, ALL - 1, **columns)
        cursor.execute("SET session_replication_role = DEFAULT")
    assert AuditEvent.objects.filter(person=person).count() >= OURS


def _log_ins(person: Person) -> None:
    service, now = MailService.objects.get(slug="mx"), timezone.now()
    box = Mailbox.objects.create(
        service=service, person=person, local_part="q0q", domain=service.domain, stem="q0q", stem_number=1,
        state="active", active_at=now,
    )  # fmt: skip
    like = LoginRecord.objects.create(mailbox=box, happened_at=now, succeeded=True, protocol="imap")
    copy_rows(LoginRecord, like, LOG_INS, happened_at="happened_at - i * interval '2 minutes'", session="'s' || i")


def _times(client: Client, path: str) -> list[float]:
    """Of some answers, each in milliseconds."""
    taken = []
    for _ in range(TIMES):
        started = time.perf_counter()
        assert client.get(path).status_code == 200, path
        taken.append(1000 * (time.perf_counter() - started))
    return taken
