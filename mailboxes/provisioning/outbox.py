"""The outbox: jobs for the mail servers, kept in the database until a worker has done them.

``put`` in the transaction that decides, ``claim`` by one conditional UPDATE with a lease, ``settle`` or ``postpone`` by
another. No row lock is held while a mail server is asked.

The jobs of one mailbox are done in their order, but for those that close it: nothing that fails or hangs keeps a stolen one
open. What they overtake is asked for anew behind them, for a store ignores whatever is older than what it has.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts import audit, bell, contacts, letters
from mailboxes import states
from mailboxes.models import Finding, Job, Mailbox

# A killed worker's job lies this long and up to a sweep longer. A task is ended before it (CELERY_TASK_TIME_LIMIT), so that
# no two workers are ever at one job.
LEASE = timedelta(seconds=40)
LONGEST_PAUSE = 300  # seconds
NEWEST_COUNTS = {Job.Kind.PASSWORD, Job.Kind.FILTER, Job.Kind.QUOTA, Job.Kind.SHARE}  # of these only the newest is wanted
CLOSING = {Job.Kind.SUSPEND, Job.Kind.CLOSE}
OVERTAKEN = {*CLOSING, Job.Kind.RESUME, Job.Kind.PASSWORD, Job.Kind.FILTER, Job.Kind.QUOTA}  # the first three for good
ENDS_AN_ERA = {*CLOSING, Job.Kind.PASSWORD}
RUN = "mailboxes.provisioning.tasks.run"


def put(mailbox: Mailbox, kind: Job.Kind, *, now: datetime, password_hash: str = "") -> Job:
    """Ask for something, inside the caller's transaction; the bell rings when it commits."""
    if kind in ENDS_AN_ERA:  # before any job is touched: whoever suspends has the mailbox first, too
        mailbox.begin_era()
    if kind in NEWEST_COUNTS:
        _free(mailbox, now).filter(kind=kind).update(state=Job.State.DROPPED, password_hash="", finished_at=now)
    overtaken = _take_back(mailbox, now) if kind in CLOSING else []
    job = _file(mailbox, kind, now, password_hash)
    for older in overtaken:
        again = _file(mailbox, Job.Kind(older.kind), now, older.password_hash)
        Job.objects.filter(pk=again.pk).update(created_at=older.created_at)  # a thief's password is not newer by it
    return job


def drop(mailbox: Mailbox, kind: Job.Kind, *, now: datetime) -> bool:
    """Take back what was asked; False if a worker is at it this moment or it is done."""
    return bool(_free(mailbox, now).filter(kind=kind).update(state=Job.State.DROPPED, password_hash="", finished_at=now))


def claim(job_id: int, *, now: datetime) -> Job | None:
    """Take a job for ``LEASE``; None if it is done, not due, taken, or an older one of its mailbox is not done yet.

    What others may use is no matter of the account: a server that cannot do it now must not keep back a new password.
    """
    older = Job.objects.filter(mailbox=OuterRef("mailbox"), state=Job.State.WAITING, pk__lt=OuterRef("pk"))
    older = older.exclude(~Q(kind=OuterRef("kind")), kind=Job.Kind.SHARE)
    mine = due(now).filter(~Exists(older), pk=job_id).update(attempts=F("attempts") + 1, leased_until=now + LEASE)
    return Job.objects.select_related("mailbox__service", "mailbox__person").get(pk=job_id) if mine else None


def due(now: datetime) -> QuerySet[Job]:
    """Jobs that wait, whose time has come, and that no worker holds."""
    return Job.objects.filter(_not_held(now), state=Job.State.WAITING, due_at__lte=now)


def note_made(job: Job, *, now: datetime) -> None:
    """The server has taken it; what is left is to prove it."""
    _held(job).update(made_at=now)


def settle(job: Job, *, now: datetime) -> bool:
    """Mark the job done with what follows from it, and wipe the hash; False if the lease was lost to another worker."""
    with transaction.atomic():
        done = _held(job).update(state=Job.State.DONE, password_hash="", finished_at=now, leased_until=None, last_error="")
        if not done:
            return False
        _follow(job, now)
        following = Job.objects.filter(mailbox=job.mailbox, state=Job.State.WAITING).order_by("pk").first()
        if following:
            transaction.on_commit(lambda: bell.ring(RUN, following.pk), robust=True)
    return True


def postpone(job: Job, reason: str, *, now: datetime) -> None:
    """Give the job back for another try after a pause that doubles up to five minutes; or drop it for a newer one."""
    newer = Job.objects.filter(mailbox=job.mailbox, kind=job.kind, state=Job.State.WAITING, pk__gt=job.pk)
    if job.kind in NEWEST_COUNTS and newer.exists():
        _held(job).update(
            state=Job.State.DROPPED, password_hash="", finished_at=now, leased_until=None, last_error=reason[:500]
        )
        return
    pause = timedelta(seconds=min(2 ** min(job.attempts - 1, 10), LONGEST_PAUSE))
    _held(job).update(due_at=now + pause, leased_until=None, last_error=reason[:500])


def _file(mailbox: Mailbox, kind: Job.Kind, now: datetime, password_hash: str) -> Job:
    job = Job.objects.create(mailbox=mailbox, address=mailbox.address, kind=kind, password_hash=password_hash, due_at=now)
    transaction.on_commit(lambda: bell.ring(RUN, job.pk), robust=True)
    return job


def _take_back(mailbox: Mailbox, now: datetime) -> list[Job]:
    """Drop what waits for that address, also what a worker is at; those that are wanted still, in their order.

    Whatever that worker does hereafter has an older revision, and its job is no longer its own to settle.
    """
    waiting = Job.objects.filter(mailbox=mailbox, address=mailbox.address, kind__in=OVERTAKEN, state=Job.State.WAITING)
    dropped = {"state": Job.State.DROPPED, "password_hash": "", "finished_at": now, "leased_until": None}
    # Each by itself, for a worker may settle it at this moment; its hash is the same for as long as it waits.
    taken = [job for job in waiting.order_by("pk") if waiting.filter(pk=job.pk).update(**dropped)]
    return [job for job in taken if job.kind in NEWEST_COUNTS]


def _follow(job: Job, now: datetime) -> None:
    mailbox = job.mailbox
    if job.kind == Job.Kind.CREATE:
        states.move_mailbox(mailbox, "active", now=now, actor=None)
        states.move_application(mailbox.applications.get(state="pending"), "done", now=now, actor=None)
        _write("mailbox-created", contacts.confirmed(mailbox.person), mailbox)
    elif job.kind != Job.Kind.SHARE:  # its events are those of each delegation
        audit.record(f"mailbox.{job.kind}-done", person=mailbox.person, mailbox=mailbox.address)
    if job.kind == Job.Kind.PASSWORD:
        # It is there, by this job or without it: later passwords change it and do not make it anew.
        Finding.to_be_made(mailbox).update(resolved_at=now)
        _write("password-changed", [mailbox.address, *contacts.confirmed(mailbox.person)], mailbox)


def _write(kind: str, to: list[str], mailbox: Mailbox) -> None:
    for address in to:
        letters.post(kind, to=address, person=mailbox.person, mailbox=mailbox.address)


def _not_held(now: datetime) -> Q:
    return Q(leased_until=None) | Q(leased_until__lt=now)


def _free(mailbox: Mailbox, now: datetime) -> QuerySet[Job]:
    return Job.objects.filter(_not_held(now), mailbox=mailbox, state=Job.State.WAITING)


def _held(job: Job) -> QuerySet[Job]:
    # The number of the attempt is the proof: whoever claimed the job after us has raised it.
    return Job.objects.filter(pk=job.pk, attempts=job.attempts, state=Job.State.WAITING)
