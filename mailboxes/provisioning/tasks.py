"""What the workers run: claim, converge, settle. A task carries a job's number and nothing else."""

import logging

from celery import shared_task
from django.core.cache import cache
from django.utils import timezone

from accounts import bell
from accounts.settling import surely
from mailboxes import tallies
from mailboxes.models import Finding, Job, Mailbox, MailService, Tally
from mailboxes.provisioning import filters, fullness, outbox, reconciling, sharing, welcome
from mailboxes.provisioning.life import following
from mailboxes.provisioning.stores import StoreError, registry

log = logging.getLogger(__name__)
SWEEP_AT_ONCE = 500
RECONCILED_WITHIN = 3600  # seconds; a hundred thousand mailboxes take some minutes
SWEPT_AT = "swept-at"  # in the cache: when a sweep ran last, the sign of life of beat


@shared_task(ignore_result=True)
def run(job_id: int) -> None:
    """Bring one job to the mail server; on trouble it waits in the outbox and is tried again."""
    job = outbox.claim(job_id, now=timezone.now())
    if job is None:
        return
    try:
        _converge(job)
    except StoreError as error:
        log.warning("Job %s, attempt %s: %s (%s)", job.pk, job.attempts, error, error.code)
        code, reason = error.code, f"{error.code}: {error}"
        surely(lambda: _postpone(job, code, reason))
    except Exception as error:  # a fault of ours must not keep the job until its lease ends
        log.exception("Job %s, attempt %s", job.pk, job.attempts)
        fault = f"fault: {type(error).__name__}"
        surely(lambda: _postpone(job, "fault", fault))
    else:
        surely(lambda: outbox.settle(job, now=timezone.now()))


@shared_task(ignore_result=True)
def sweep() -> None:
    """Ring for every job that is due and that nobody holds: what a lost bell, a dead worker or a pause left behind.

    After it, what begins or ends with the time becomes a job.
    """
    for job_id in outbox.due(timezone.now()).order_by("due_at").values_list("pk", flat=True)[:SWEEP_AT_ONCE]:
        bell.ring(outbox.RUN, job_id)
    cache.set(SWEPT_AT, timezone.now(), timeout=None)
    sharing.file_due(timezone.now())


@shared_task(ignore_result=True)
def follow_lives() -> None:
    """Follow the conditions of all owners, and do what has become due: letters, suspensions, closings."""
    for service_id in MailService.objects.values_list("pk", flat=True):
        follow_conditions.delay(service_id, 0)
    following.do_due(timezone.now())


@shared_task(ignore_result=True)
def follow_conditions(service_id: int, after: int) -> None:
    """Those of one service whose conditions end them, or do so no longer; some at once, and the rest in another task."""
    rest = following.follow_conditions(MailService.objects.get(pk=service_id), after=after, now=timezone.now())
    if rest is not None:
        follow_conditions.delay(service_id, rest)


@shared_task(ignore_result=True)
def look_for_full_mailboxes() -> None:
    """Begin with the mailboxes of every service; one whose mail server is out keeps none of the others waiting."""
    for service_id in MailService.objects.values_list("pk", flat=True):
        warn_of_fullness.delay(service_id, 0)


@shared_task(ignore_result=True, time_limit=RECONCILED_WITHIN)
def reconcile() -> None:
    """Look at every mailbox on both sides; a run that is broken off has closed no finding."""
    record = reconciling.run(None, now=timezone.now())
    if not record.complete:
        log.warning("The reconciliation is not complete: %s", record.note)


@shared_task(ignore_result=True)
def warn_of_fullness(service_id: int, after: int) -> None:
    """Look at some mailboxes and leave the rest to another task. What a lost message leaves out, the next hour finds."""
    service = MailService.objects.get(pk=service_id)
    try:
        following = fullness.warn(service, after=after, now=timezone.now())
    except StoreError as error:
        log.warning("The capacities of %s: %s (%s)", service.slug, error, error.code)
        return
    if following is not None:
        warn_of_fullness.delay(service_id, following)


def _postpone(job: Job, code: str, reason: str) -> None:
    now = timezone.now()
    outbox.postpone(job, reason, now=now)
    tallies.add(job.mailbox.service_id, Tally.What.FAILURE, code, now=now)


def _converge(job: Job) -> None:
    mailbox = job.mailbox
    store = registry.named(mailbox.service.store)
    if job.kind == Job.Kind.SUSPEND:
        store.suspend(job.address, revision=job.pk)
    elif job.kind == Job.Kind.RESUME:
        store.resume(job.address, revision=job.pk)
    elif job.kind == Job.Kind.CLOSE:
        sharing.end(mailbox, store, now=timezone.now(), revision=job.pk)
        store.close(job.address, revision=job.pk)
    elif job.kind == Job.Kind.PASSWORD and not Finding.is_to_be_made(mailbox):
        store.set_password(job.address, password_hash=job.password_hash, revision=job.pk)
    elif job.kind == Job.Kind.FILTER:
        store.set_filter(job.address, script=filters.script_of(mailbox), revision=job.pk)
    elif job.kind == Job.Kind.QUOTA:
        store.set_quota(job.address, quota=mailbox.service.quota_bytes, revision=job.pk)
    elif job.kind == Job.Kind.SHARE:
        sharing.bring(mailbox, store, now=timezone.now())
    else:
        quota, suspended = mailbox.service.quota_bytes, mailbox.state == Mailbox.State.SUSPENDED
        store.ensure(
            job.address,
            password_hash=job.password_hash,
            quota=quota,
            welcome=welcome.letter(mailbox),
            revision=job.pk,
            suspended=suspended,
        )
        outbox.note_made(job, now=timezone.now())
        store.check(job.address, password_hash=job.password_hash, quota=quota, suspended=suspended)
