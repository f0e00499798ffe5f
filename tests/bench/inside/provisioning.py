"""Mailboxes that one worker of two processes makes in a second, and two bare loops of the same store calls."""

import time
from datetime import timedelta

from django.utils import timezone

from accounts import bell
from mailboxes.applying import services
from mailboxes.models import Job
from mailboxes.provisioning import outbox, welcome
from mailboxes.provisioning.stores import registry
from tests.bench.inside import people
from tests.bench.inside.parallel import share_out
from tests.visits.campus import PASSWORD

COUNT = 200
LATER = timedelta(days=1)


def measure() -> dict[str, float]:
    bare, jobs = _asked_for(COUNT), _asked_for(COUNT)
    started = time.perf_counter()
    share_out(_bare, bare)
    bare_seconds = time.perf_counter() - started
    return {"bare": COUNT / bare_seconds, "worker": COUNT / _by_worker(jobs)}


def _asked_for(count: int) -> list[int]:
    """Jobs for the opening of mailboxes, which nobody takes up yet."""
    hidden = []
    for person in people.at_the_password(count):
        application = services.submit(people.slot_of(person), password=PASSWORD, now=timezone.now() + LATER)
        hidden.append(Job.objects.get(mailbox=application.mailbox).pk)
    return hidden


def _bare(jobs: list[int]) -> None:
    for job in Job.objects.select_related("mailbox__service", "mailbox__person").filter(pk__in=jobs):
        service = job.mailbox.service
        store = registry.named(service.store)
        store.ensure(
            job.address,
            password_hash=job.password_hash,
            quota=service.quota_bytes,
            welcome=welcome.letter(job.mailbox),
            revision=job.pk,
        )
        store.check(job.address, password_hash=job.password_hash, quota=service.quota_bytes)
        Job.objects.filter(pk=job.pk).update(attempts=1)


def _by_worker(jobs: list[int]) -> float:
    mine = Job.objects.filter(pk__in=jobs)
    mine.update(due_at=timezone.now())
    started = time.perf_counter()
    for job in jobs:
        bell.ring(outbox.RUN, job)
    while mine.filter(state=Job.State.WAITING).exists():
        time.sleep(0.05)
    return time.perf_counter() - started
