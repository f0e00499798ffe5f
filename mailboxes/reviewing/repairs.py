"""What puts a difference from the mail server right. Each goes through the outbox; nothing of it deletes a letter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import audit, contacts, letters
from accounts.models import Person
from mailboxes.models import Delegation, Finding, Job, Mailbox
from mailboxes.models.stem import stem_of
from mailboxes.provisioning import outbox
from mailboxes.provisioning.reconciling import expected, findings

Kind = Finding.Kind
MOST = 500  # each is a transaction of a few milliseconds, and whoever pressed the button waits for all of them
JOBS = {Kind.QUOTA: Job.Kind.QUOTA, Kind.FORWARDING: Job.Kind.FILTER, Kind.DELEGATION: Job.Kind.SHARE}


@dataclass(frozen=True)
class Plan:
    """What would happen about one finding, in words; ``able`` is False where nothing would."""

    finding: Finding
    able: bool
    words: str


def plans(chosen: Sequence[Finding], *, now: datetime) -> list[Plan]:
    busy = findings.explained([finding.mailbox for finding in chosen if finding.mailbox], now=now)
    return [_plan(finding, busy) for finding in chosen]


def repair(chosen: Sequence[Finding], *, actor: Person, now: datetime) -> dict[str, int]:
    """Do what ``plans`` says now; how many it was ``done`` for, and how many are ``left`` as they are."""
    done = 0
    for plan in plans(chosen, now=now):
        if plan.able and _repair(plan.finding, actor, now):
            done += 1
    return {"done": done, "left": len(chosen) - done}


def reachable_at(mailbox: Mailbox) -> list[str]:
    """Where its owner reads letters while it is missing: other mailboxes in use, and confirmed contact addresses."""
    others = Mailbox.objects.filter(person=mailbox.person, state=Mailbox.State.ACTIVE).exclude(pk=mailbox.pk)
    lacking = Finding.objects.filter(kind=Kind.MISSING, resolved_at=None, mailbox__in=others)
    others = others.exclude(pk__in=lacking.values("mailbox"))
    return list(dict.fromkeys([*(box.address for box in others), *contacts.confirmed(mailbox.person)]))


def _plan(finding: Finding, busy: set[int]) -> Plan:
    if finding.resolved_at:
        return Plan(finding, False, _("Nothing: the difference is gone."))
    if finding.mailbox_id in busy:
        return Plan(finding, False, _("Nothing now: a job for this mailbox waits, or was done a moment ago."))
    if finding.kind == Kind.UNSEEN:
        text = _("Nothing: the portal cannot change what Dovecot reads. See its configuration and its log.")
        return Plan(finding, False, text)
    if finding.kind == Kind.EXTRA:
        return _plan_extra(finding)
    if finding.mailbox is None:
        return Plan(finding, False, _("Nothing: the portal has no such mailbox."))
    if finding.kind == Kind.MISSING:
        return _plan_missing(finding, finding.mailbox)
    if finding.kind == Kind.DELEGATION and not _delegates(finding, finding.mailbox):
        text = _(
            "Nothing: somebody made these entries by hand, and no delegation names them. “doveadm acl delete” takes them."
        )
        return Plan(finding, False, text)
    job = _job(finding, finding.mailbox)
    if job is None:
        return Plan(finding, False, _("Nothing: its state has changed since. The next run looks at it again."))
    return Plan(finding, True, _("A job brings the mail server to what the portal says: %(job)s.") % {"job": job.label})


def _plan_extra(finding: Finding) -> Plan:
    if finding.server_says == "alone":
        return Plan(finding, False, _("Nothing: it is not in the mail database. Close it where Dovecot has it from."))
    local_part, _at, domain = finding.address.rpartition("@")
    if finding.service is None or len(local_part) > 64 or finding.address != finding.address.lower():
        return Plan(finding, False, _("Nothing: no service gives such addresses. Close it at the mail server."))
    stem, number = stem_of(local_part)
    if Mailbox.objects.filter(domain=domain, stem=stem, stem_number=number).exists():
        text = _("Nothing: a name too much like it is taken, so nobody is given this one. Close it at the mail server.")
        return Plan(finding, False, text)
    text = _("It is suspended at the mail server, and its name is given to nobody. Its letters stay.")
    return Plan(finding, True, text)


def _plan_missing(finding: Finding, mailbox: Mailbox) -> Plan:
    if mailbox.state != Mailbox.State.ACTIVE:
        text = _("Nothing: in this state (%(state)s) its owner cannot choose the password that it needs.")
        return Plan(finding, False, text % {"state": mailbox.get_state_display()})
    if reachable_at(mailbox):
        text = _("Its owner is asked by letter to choose a new password, and that opens it anew.")
    else:
        text = _("No letter can reach its owner, so tell them yourself: choosing a new password opens it anew.")
    return Plan(finding, True, text)


def _repair(finding: Finding, actor: Person, now: datetime) -> bool:
    """False where somebody else was first: asked for it, took the name, or changed the mailbox since it was planned."""
    asked = Finding.objects.filter(pk=finding.pk, resolved_at=None, repair_asked_at=finding.repair_asked_at)
    try:
        with transaction.atomic():
            known = _unchanged(finding.mailbox) if finding.mailbox else None
            if (finding.mailbox and not known) or not asked.update(repair_asked_at=now):
                return False
            mailbox = known or _keep(finding)
            if finding.kind == Kind.MISSING:
                _write(mailbox)
            else:
                _file(finding, mailbox, now)
            audit.record(
                "finding.repair-asked",
                person=mailbox.person,
                actor=actor,
                mailbox=finding.address,
                kind=finding.kind,
                portal=finding.portal_says,
                server=finding.server_says,
            )
    except IntegrityError:
        return False
    return True


def _unchanged(mailbox: Mailbox) -> Mailbox | None:
    """Its row, which nobody else changes before the transaction ends; None if somebody did since it was read."""
    rows = Mailbox.objects.select_for_update(of=("self",)).select_related("service", "person")
    row = rows.get(pk=mailbox.pk)
    return row if row.changed_at == mailbox.changed_at else None


def _file(finding: Finding, mailbox: Mailbox, now: datetime) -> None:
    if finding.kind == Kind.DELEGATION:
        # What the server has of a delegation that is over: only by this does the job know that there is something to take.
        _delegates(finding, mailbox).filter(given_at=None).update(given_at=now)
    job = _job(finding, mailbox)
    if job:
        outbox.put(mailbox, job, now=now)


def _job(finding: Finding, mailbox: Mailbox) -> Job.Kind | None:
    wanted = expected.of(mailbox)
    if wanted is None:
        return None
    return JOBS.get(Kind(finding.kind), wanted.repair)


def _delegates(finding: Finding, mailbox: Mailbox) -> QuerySet[Delegation]:
    """The newest delegation to each person whom the finding names."""
    said = f"{finding.portal_says}; {finding.server_says}"
    newest = {
        row.delegate_id: row.pk
        for row in mailbox.given.order_by("pk").select_related("delegate")
        if f"→ {row.delegate.address}:" in said
    }
    return Delegation.objects.filter(pk__in=newest.values())


def _keep(finding: Finding) -> Mailbox:
    """A row that keeps the name from everybody for ever, and by which jobs reach the account."""
    names = {"username": expected.KEEPER, "name": "無主的地址 Unclaimed addresses", "password": "!", "is_active": False}
    keeper, _created = Person.objects.get_or_create(source=Person.LOCAL, subject=expected.KEEPER, defaults=names)
    local_part, _at, domain = finding.address.rpartition("@")
    stem, number = stem_of(local_part)
    assert finding.service  # noqa: S101 - tells the type checker what its plan has asked
    mailbox = Mailbox.objects.create(
        service=finding.service,
        person=keeper,
        local_part=local_part,
        domain=domain,
        stem=stem,
        stem_number=number,
        state=Mailbox.State.CANCELLED,
    )
    Finding.objects.filter(pk=finding.pk).update(mailbox=mailbox)
    return mailbox


def _write(mailbox: Mailbox) -> None:
    service = mailbox.service.name_en if mailbox.person.language == "en" else mailbox.service.name_zh
    for address in reachable_at(mailbox):
        letters.post(
            "mailbox-missing",
            to=address,
            person=mailbox.person,
            mailbox=mailbox.address,
            service=service,
            slug=mailbox.service.slug,
        )
