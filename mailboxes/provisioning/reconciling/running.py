"""One run: every mailbox of some services looked up at its server, every address of the server looked up here.

Nobody is missing because a list ended: a mailbox is looked up by its address. What seems to differ is looked at once more
at the end, on both sides, and is no finding where a job is to put it right. What could not be read says nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from accounts import audit
from accounts.models import Person
from mailboxes.models import Mailbox, MailService, Reconciliation
from mailboxes.provisioning.reconciling import extras, findings, looking
from mailboxes.provisioning.reconciling.findings import Sighting
from mailboxes.provisioning.stores import StoreError, registry

AT_ONCE = 100  # mailboxes asked for together

Progress = Callable[[int], None]  # told how many mailboxes have been looked at


@dataclass
class Result:
    """What a run has found so far."""

    looked_at: int = 0
    differences: int = 0
    notes: list[str] = field(default_factory=list)


def run(
    service: MailService | None, *, now: datetime, progress: Progress = lambda looked_at: None, actor: Person | None = None
) -> Reconciliation:
    """Look at that service, or at all; nothing is changed but the findings. A run that is not complete says why in its note.

    ``now`` is the beginning: what a job has done shortly before it, or later, explains a difference.
    """
    record = Reconciliation.objects.create(service=service, started_at=now)
    services = [service] if service else list(MailService.objects.order_by("store", "position", "slug"))
    result, resolved = Result(), 0
    for store_name in dict.fromkeys(each.store for each in services):
        mine = [each for each in services if each.store == store_name]
        read = [each for each in mine if _look_at(each, result, now, progress)]
        everywhere = service is None and read == mine
        if read and _look_for_extras(store_name, read, result, now, everywhere=everywhere):
            resolved += findings.resolve(read, now=now)
    if service is None and not result.notes:
        resolved += findings.resolve_unassigned(now=now)
    return _finish(record, result, resolved, actor)


def _look_at(service: MailService, result: Result, now: datetime, progress: Progress) -> bool:
    """Every mailbox of the service; whether all of them were read. What differs among those that were is noted anyway."""
    suspects: list[int] = []
    notes = len(result.notes)
    with _noting(result, service.slug):
        store = registry.named(service.store)
        for batch in _batches(service):
            suspects += [mailbox.pk for mailbox, seen in looking.look(batch, store, now=now) if seen]
            result.looked_at += len(batch)
            progress(result.looked_at)
    with _noting(result, service.slug):
        for start in range(0, len(suspects), AT_ONCE):
            _look_again(service, suspects[start : start + AT_ONCE], result, now)
    return len(result.notes) == notes


def _look_again(service: MailService, suspects: Sequence[int], result: Result, now: datetime) -> None:
    again = list(_rows(service).filter(pk__in=suspects))
    explained = findings.explained(again, now=now)
    unexplained = [mailbox for mailbox in again if mailbox.pk not in explained]
    looked = looking.look(unexplained, registry.named(service.store), now=now)
    sightings = [Sighting(mailbox.address, each, service, mailbox) for mailbox, seen in looked for each in seen]
    findings.note(sightings, now=now)
    result.differences += len(sightings)


def _look_for_extras(
    store_name: str, services: list[MailService], result: Result, now: datetime, *, everywhere: bool
) -> bool:
    """What the server has and the portal does not know; whether its list was whole."""
    notes = len(result.notes)
    with _noting(result, store_name):
        for sightings in extras.find(registry.named(store_name), services, everywhere=everywhere):
            findings.note(sightings, now=now)
            result.differences += len(sightings)
    return len(result.notes) == notes


@contextmanager
def _noting(result: Result, what: str) -> Iterator[None]:
    """What a store cannot tell ends the look at it, and is said."""
    try:
        yield
    except StoreError as error:
        result.notes.append(f"{what}: {error} ({error.code})")


def _finish(record: Reconciliation, result: Result, resolved: int, actor: Person | None) -> Reconciliation:
    record.finished_at = timezone.now()
    record.complete = not result.notes
    record.looked_at, record.differences, record.resolved = result.looked_at, result.differences, resolved
    record.note = "\n".join(result.notes)
    record.save()
    audit.record(
        "mailboxes.reconciled" if record.complete else "mailboxes.reconciled-partly",
        person=None,
        actor=actor,
        service=record.service.slug if record.service else "",
        looked_at=record.looked_at,
        differences=record.differences,
        resolved=resolved,
    )
    return record


def _rows(service: MailService) -> QuerySet[Mailbox]:
    return Mailbox.objects.filter(service=service).select_related("service", "person")


def _batches(service: MailService) -> Iterator[list[Mailbox]]:
    after = 0
    while batch := list(_rows(service).filter(pk__gt=after).order_by("pk")[:AT_ONCE]):
        yield batch
        after = batch[-1].pk
