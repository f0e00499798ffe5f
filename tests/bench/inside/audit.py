"""Times what an event costs the request that writes it, and how fast a long chain is sealed and checked, on a PostgreSQL.

The request is what a sign-in does to the database, a session and a person in one transaction, with the event and without.
"""

import time
from datetime import timedelta
from statistics import median
from typing import Any

from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from accounts import audit
from accounts.auditing import chain, finding, sealing
from accounts.auditing.chain import Anchor
from accounts.auditing.verifying import Check, verify
from accounts.models import AuditEvent, Person
from tests.bench.inside.copies import copy_rows

FEW, MANY = 100_000, 1_000_000
TIMES = 500


def measure() -> dict[str, Any]:
    call_command("migrate", verbosity=0)
    person = Person.objects.create(source="campus", subject="m0", username="campus:m0", number="m0", name="林美華")
    _write(person)
    first = AuditEvent.objects.get()
    copy_rows(AuditEvent, first, FEW, happened_at="happened_at - interval '1 day' + i * interval '1 millisecond'")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('accounts_auditevent', 'id'), max(id)) FROM accounts_auditevent"
        )
    sealed_in = _seconds(lambda: sealing.seal_all(_later(), until=_later()))
    check = Check(end=Anchor(0, chain.START), anchors={})
    checked_in = _seconds(lambda: list(verify(check)))
    last = AuditEvent.objects.latest("pk")
    copy_rows(AuditEvent, last, MANY, happened_at="happened_at + i * interval '1 millisecond'")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('accounts_auditevent', 'id'), max(id)) FROM accounts_auditevent"
        )
        cursor.execute("VACUUM ANALYZE accounts_auditevent")
    costs = [_milliseconds(person, with_event=True) - _milliseconds(person, with_event=False) for _ in range(TIMES)]
    without = [_milliseconds(person, with_event=False) for _ in range(TIMES)]
    return {
        "cost": median(costs),
        "request": median(without),
        "links": check.links,
        "sound": check.sound,
        "sealed a second": check.links / sealed_in,
        "checked a second": check.links / checked_in,
        "page": 1000 * median(_seconds(_page) for _ in range(20)),
        "events": MANY + FEW,
    }


def _write(person: Person) -> None:
    audit.record("handoff.signed-in", person=person, actor=person, address="192.0.2.7", issuer="https://ais.example")


def _milliseconds(person: Person, *, with_event: bool) -> float:
    def request() -> None:
        with transaction.atomic():
            Person.objects.filter(pk=person.pk).update(last_login=timezone.now())
            Session.objects.create(session_key=get_random_string(32), session_data="x" * 200, expire_date=timezone.now())
            if with_event:
                _write(person)

    return 1000 * _seconds(request)


def _page() -> None:
    rows, _following = finding.page(finding.events({"kind": "handoff", "q": "m0"}), "")
    assert len(rows) == finding.PAGE


def _later() -> Any:
    return timezone.now() + timedelta(hours=1)


def _seconds(do: Any) -> float:
    started = time.perf_counter()
    do()
    return time.perf_counter() - started
