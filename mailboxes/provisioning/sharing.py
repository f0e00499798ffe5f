"""Delegations from rows to the mail server and back: what holds now, what has to be done, and what the server says.

Nothing is remembered but the rows. ``Delegation.given_at`` says what the server may have; where that is not what holds at
this moment, because a time has come, or a mailbox was suspended, there is a job to be done.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from mailboxes import states
from mailboxes.models import Delegation, Job, Mailbox
from mailboxes.provisioning import outbox
from mailboxes.provisioning.stores import NoSuchMailbox, Store

AT_ONCE = 500


@dataclass(frozen=True)
class Difference:
    """``believed`` and ``found`` are "read", "write", the server's own words, or empty for nothing.

    ``gone``: the server has no such folder at all, and so nothing to give; a new delegation can name what there is.
    """

    folder: str
    who: str
    believed: str
    found: str
    gone: bool


def in_force(now: datetime) -> Q:
    """Accepted, of this time, and both mailboxes in use."""
    return Q(
        state=Delegation.State.ACCEPTED,
        starts_at__lte=now,
        ends_at__gt=now,
        mailbox__state__in=Mailbox.IN_USE,
        delegate__state__in=Mailbox.IN_USE,
    )


def awaits_job(now: datetime) -> Q:
    """What holds now is not what the server has: there is a job for it, or the next sweep files one."""
    return (in_force(now) & Q(given_at=None)) | (~in_force(now) & Q(given_at__isnull=False))


def ask_for(mailbox: Mailbox, *, now: datetime) -> None:
    """Have the mail server follow the rows, inside the caller's transaction."""
    outbox.put(mailbox, Job.Kind.SHARE, now=now)


def ask_for_all(mailbox: Mailbox, *, now: datetime) -> None:
    """After its state has changed: the same for it and for those whose folders it may use, where that gives or takes any."""
    concerned = Delegation.objects.filter(awaits_job(now), Q(mailbox=mailbox) | Q(delegate=mailbox))
    for each in Mailbox.objects.filter(pk__in=concerned.values("mailbox")).order_by("pk"):
        ask_for(each, now=now)


def file_due(now: datetime) -> None:
    """End what is over, and file a job for each mailbox of which the server has something else than what holds now."""
    over = Delegation.objects.filter(state__in=Delegation.LIVING, ends_at__lte=now)
    for delegation in over.select_related("mailbox__person", "delegate__person")[:AT_ONCE]:
        _end(delegation, now)
    _file(Delegation.objects.filter(awaits_job(now)), now)


def look_again(now: datetime) -> None:
    """A job for each mailbox of which the server has anything: a folder made inside a given one is given with it."""
    _file(Delegation.objects.filter(given_at__isnull=False), now)


def bring(mailbox: Mailbox, store: Store, *, now: datetime) -> None:
    """Have the store let everybody use just what holds now; StoreError. The row says so before it and after it."""
    hold = set(mailbox.given.filter(in_force(now)).values_list("pk", flat=True))
    _mark(mailbox.given.filter(pk__in=hold, given_at=None), "begun", given_at=now)
    given: dict[str, dict[str, str]] = {}
    for row in mailbox.given.filter(given_at__isnull=False).select_related("delegate"):
        folders = dict.fromkeys(row.folders, row.rights) if row.pk in hold else {}
        given.setdefault(row.delegate.address, {}).update(folders)
    try:
        store.share(mailbox.address, given)
    except NoSuchMailbox:
        if hold:
            raise  # else nothing is left of which anything could be taken
    _mark(mailbox.given.filter(given_at__isnull=False).exclude(pk__in=hold), "stopped", given_at=None)


def end(mailbox: Mailbox, store: Store, *, now: datetime, revision: int) -> None:
    """Take away what others have of a mailbox that is about to be closed, while the server still knows it; StoreError.

    Its owner is out of it before: taking away may fail for long.
    """
    if mailbox.given.filter(given_at__isnull=False).exists():
        store.suspend(mailbox.address, revision=revision)
        bring(mailbox, store, now=now)


def compare(mailbox: Mailbox, store: Store, *, now: datetime) -> list[Difference]:
    """Where the server has something else than the rows say, by folder; StoreError."""
    believed = {
        (folder, row.delegate.address): row.rights
        for row in mailbox.given.filter(in_force(now)).select_related("delegate")
        for folder in row.folders
    }
    shared = store.shared(mailbox.address)
    found = {(folder, who): rights for folder, people in shared.items() for who, rights in people.items()}
    return [
        Difference(folder, who, believed.get((folder, who), ""), found.get((folder, who), ""), folder not in shared)
        for folder, who in sorted(believed.keys() | found.keys())
        if believed.get((folder, who)) != found.get((folder, who))
    ]


def _end(delegation: Delegation, now: datetime) -> None:
    try:
        with transaction.atomic():
            states.move_delegation(delegation, "ended", now=now, actor=None)
    except states.NotAllowed:
        pass  # its owner or its delegate was quicker


def _file(rows: QuerySet[Delegation], now: datetime) -> None:
    """A job for each of their mailboxes; not where one waits, for it will read the rows, and has to keep its pauses."""
    waiting = Job.objects.filter(mailbox=OuterRef("pk"), kind=Job.Kind.SHARE, state=Job.State.WAITING)
    for mailbox in Mailbox.objects.filter(~Exists(waiting), pk__in=rows.values("mailbox"))[:AT_ONCE]:
        with transaction.atomic():
            ask_for(mailbox, now=now)


def _mark(rows: QuerySet[Delegation], what: str, *, given_at: datetime | None) -> None:
    with transaction.atomic():
        for row in rows.select_related("mailbox__person", "delegate__person"):
            Delegation.objects.filter(pk=row.pk).update(given_at=given_at)
            states.audit_delegation(what, row, actor=None)
