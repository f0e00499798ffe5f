"""Reconciles 100,000 mailboxes on PostgreSQL with a real Dovecot that reads as many accounts, and some that differ."""

import resource
import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts.models import Person
from mailboxes.models import Finding, Mailbox, MailService
from mailboxes.provisioning import reconciling
from mailboxes.provisioning.stores.dovecot.database import connected
from mailboxes.provisioning.stores.dovecot.deadline import Deadline
from tests.bench.inside.copies import copy_rows

COUNT = 100_000
EVERY = 1000  # of so many mailboxes one is missing, one differs in its state, and one account is a stranger


def measure() -> dict[str, Any]:
    call_command("migrate", verbosity=0)
    call_command("seed", "demo/portal-seed.json", verbosity=0)
    MailService.objects.update(store="dovecot")
    _people_and_mailboxes(MailService.objects.get(slug="mx"))
    with connected(settings.MAIL_DATABASE_URL, Deadline(60)) as run:
        run("ANALYZE portal_accounts")
    before = _peak()
    started, busy = time.perf_counter(), time.process_time()
    run = reconciling.run(None, now=timezone.now())
    taken = {"seconds": time.perf_counter() - started, "busy": time.process_time() - busy}
    assert run.complete, run.note
    assert run.looked_at == COUNT
    found = {"found": Finding.objects.filter(resolved_at=None).count(), "expected": 3 * COUNT // EVERY}
    return taken | found | {"before": before, "peak": _peak()}


def _peak() -> float:
    """MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _people_and_mailboxes(mx: MailService) -> None:
    person = Person.objects.create(source="campus", subject="m0", username="campus:m0", number="m0", name="林美華")
    box = Mailbox.objects.create(
        service=mx, person=person, local_part="q0q", domain=mx.domain, stem="q0q", state="active", stem_number=1,
        active_at=timezone.now(),
    )  # fmt: skip
    subject, name = "'m' || i", "'q' || i || 'q'"
    copy_rows(Person, person, COUNT - 1, subject=subject, username=f"'campus:' || {subject}", number=subject)
    copy_rows(Mailbox, box, COUNT - 1, local_part=name, stem=name, person_id=f"{person.pk} + i")
    with connected(settings.MAIL_DATABASE_URL, Deadline(60)) as run:
        run(
            "INSERT INTO portal_accounts (address, domain, password_hash, quota, made, suspended, revision)"
            " SELECT CASE WHEN i %% 1000 = 1 THEN 's' ELSE 'q' END || i || 'q@' || %s, %s, '{ARGON2ID}x', %s, TRUE,"
            " i %% 1000 = 2, 1 FROM generate_series(0, %s) AS i",
            *(mx.domain, mx.domain, mx.quota_bytes, COUNT - 1),
        )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
