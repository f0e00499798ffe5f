"""The rows of what was found: noted when it is seen, closed when a run that read everything sees it no more."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from mailboxes.models import Delegation, Finding, Job, Mailbox, MailService
from mailboxes.provisioning import sharing
from mailboxes.provisioning.reconciling.expected import Seen

LATELY = timedelta(minutes=2)  # a server that answers from a copy may show what a job has done only after a moment


@dataclass(frozen=True)
class Sighting:
    """What was seen at an address; ``service`` and ``mailbox`` are None for one that the portal does not know."""

    address: str
    seen: Seen
    service: MailService | None
    mailbox: Mailbox | None


def note(sightings: Sequence[Sighting], *, now: datetime) -> None:
    """Open a finding for each, or bring the open one to what was seen this time. One address has at most one of a kind."""
    with transaction.atomic():
        known = Finding.objects.filter(address__in={each.address for each in sightings}, resolved_at=None)
        open_ones = {(finding.address, finding.kind): finding for finding in known.select_for_update()}
        again: list[Finding] = []
        fresh: list[Finding] = []
        for each in sightings:
            finding = open_ones.get((each.address, each.seen.kind))
            (again if finding else fresh).append(_brought_to(finding, each, now))
        Finding.objects.bulk_update(again, ["service", "mailbox", "portal_says", "server_says", "last_seen"])
        Finding.objects.bulk_create(fresh, ignore_conflicts=True)  # another run may have seen it this moment


def explained(mailboxes: Sequence[Mailbox], *, now: datetime) -> set[int]:
    """Those of which nothing is to be said: a job is to put them right, or did so lately, or is about to be filed."""
    jobs = Job.objects.filter(_at_work(now), mailbox__in=mailboxes)
    given = Delegation.objects.filter(sharing.awaits_job(now), mailbox__in=mailboxes)
    return {pk for rows in (jobs, given) for pk in rows.values_list("mailbox", flat=True)}


def resolve(services: Iterable[MailService], *, now: datetime) -> int:
    """Close what a run that began at ``now``, and read all of these services, has not seen again; how many."""
    return _resolve(Finding.objects.filter(service__in=services), now)


def resolve_unassigned(*, now: datetime) -> int:
    """The same for addresses that are of no service, after a run that read everything."""
    return _resolve(Finding.objects.filter(service=None), now)


def _resolve(findings: QuerySet[Finding], now: datetime) -> int:
    busy = Job.objects.filter(_at_work(now), mailbox=OuterRef("mailbox"))
    return findings.filter(~Exists(busy), resolved_at=None, last_seen__lt=now).update(resolved_at=now)


def _at_work(now: datetime) -> Q:
    return Q(state=Job.State.WAITING) | Q(finished_at__gt=now - LATELY)


def _brought_to(finding: Finding | None, sighting: Sighting, now: datetime) -> Finding:
    finding = finding or Finding(address=sighting.address, kind=sighting.seen.kind, first_seen=now)
    finding.service, finding.mailbox = sighting.service, sighting.mailbox
    finding.portal_says, finding.server_says = sighting.seen.portal, sighting.seen.server
    finding.last_seen = max(now, finding.last_seen or now)
    return finding
