"""What conditions and time do to mailboxes, without anybody deciding: found by rows, a few at once."""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.db import DatabaseError, transaction
from django.db.models import Q, QuerySet

from mailboxes import eligibility, states
from mailboxes.models import Mailbox, MailService
from mailboxes.provisioning.life.bringing import State, bring, close
from mailboxes.provisioning.life.standing import COOLING, Cause, days_until, next_at, warned_of, warning_due
from mailboxes.provisioning.life.telling import tell

log = logging.getLogger(__name__)
AT_ONCE = 200  # mailboxes in one task, each in a transaction of its own
MOST_DUE = 2000
SECONDS = 15.0  # a task may take CELERY_TASK_TIME_LIMIT


def follow_conditions(service: MailService, *, after: int, now: datetime) -> int | None:
    """Begin with mailboxes whose owners may no longer have them, and take back what another condition makes good.

    Those whose number is above ``after``; from which number to go on, None at the end.
    """
    may = eligibility.entitled(service)
    boxes = Mailbox.objects.filter(service=service, pk__gt=after, state__in=Mailbox.OPEN)
    if after == 0:  # once a round: who may have it again is no exception any more
        Mailbox.objects.filter(may, ~Q(kept_for=""), service=service).update(kept_for="")
    ends = boxes.filter(~may, leaves_at=None)
    stays = boxes.filter(may, leaves_at__isnull=False)
    numbers = sorted({*_first(ends), *_first(stays)})[:AT_ONCE]
    for number in numbers:
        _one(number, partial(_follow, now=now))
    return numbers[-1] if len(numbers) == AT_ONCE else None


def do_due(now: datetime) -> None:
    """Letters, suspensions and closings whose time has come; what is left over after ``SECONDS``, the next round does."""
    until = time.monotonic() + SECONDS
    due = Mailbox.objects.filter(next_at__lte=now).order_by("next_at").values_list("pk", flat=True)
    for number in list(due[:MOST_DUE]):
        if time.monotonic() < until:
            _one(number, partial(do_next, now=now))


def do_next(mailbox: Mailbox, *, now: datetime) -> None:
    """The one thing that comes next, if its time has come: a letter, the end of its use, its closing."""
    if mailbox.next_at is None or mailbox.next_at > now or mailbox.closes_at is None:
        return
    end = warned_of(mailbox) or mailbox.closes_at
    if end == mailbox.leaves_at and end <= now:
        _end_use(mailbox, now)
    elif mailbox.closes_at <= now:
        asked = mailbox.close_asked_at and mailbox.close_asked_at + COOLING <= now
        with transaction.atomic():
            close(mailbox, cause=Cause.OWNER if asked else Cause.LEAVING, now=now, actor=None)
            tell("mailbox-closed", mailbox, now=now)
    else:
        _warn(mailbox, end, now)


def _one(number: int, do: Callable[[Mailbox], None]) -> None:
    """A mailbox with which something is wrong keeps none of the others waiting."""
    try:
        do(Mailbox.objects.select_related("service", "person").get(pk=number))
    except states.NotAllowed:
        return  # somebody decided at this moment; the next round looks again
    except DatabaseError:
        log.exception("The life of mailbox %s", number)


def _first(boxes: QuerySet[Mailbox]) -> list[int]:
    return list(boxes.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])


def _follow(mailbox: Mailbox, now: datetime) -> None:
    if eligibility.is_entitled(mailbox.service, mailbox.person):
        if mailbox.leaves_at is not None:
            with transaction.atomic():
                bring(mailbox, verb="stays", now=now, actor=None, leaves_at=None)
                tell("mailbox-stays", mailbox, now=now)
    elif mailbox.leaves_at is None and mailbox.kept_for != eligibility.key_of(mailbox.person):
        with transaction.atomic():
            leaves_at = now + timedelta(days=mailbox.service.grace_days)
            bring(mailbox, verb="leaving", now=now, actor=None, leaves_at=leaves_at, kept_for="")
            tell("mailbox-leaving", mailbox, now=now)


def _end_use(mailbox: Mailbox, now: datetime) -> None:
    """Suspended from now on; of one that somebody holds, only what comes next is another thing."""
    with transaction.atomic():
        if mailbox.state == State.LEAVING:
            bring(mailbox, verb="suspended", now=now, actor=None)
            tell("mailbox-suspended", mailbox, now=now)
        elif mailbox.closes_at:
            _look_ahead(mailbox, mailbox.closes_at, days_until(mailbox.closes_at, now))


def _warn(mailbox: Mailbox, end: datetime, now: datetime) -> None:
    if mailbox.warned_days is None:
        return
    days = warning_due(end, mailbox.warned_days, now)
    with transaction.atomic():
        _look_ahead(mailbox, end, mailbox.warned_days if days is None else days)
        if days is not None:
            kind = "mailbox-leaving" if end == mailbox.leaves_at else "mailbox-closing"
            tell(kind, mailbox, now=now, days=days_until(end, now))


def _look_ahead(mailbox: Mailbox, end: datetime, warned_days: int) -> None:
    """Which letter was the last, in the transaction of that letter; NotAllowed if another process was quicker."""
    unchanged = Mailbox.objects.filter(
        pk=mailbox.pk, changed_at=mailbox.changed_at, warned_days=mailbox.warned_days, next_at=mailbox.next_at
    )
    if not unchanged.update(warned_days=warned_days, next_at=next_at(end, warned_days)):
        raise states.NotAllowed(f"{mailbox} was changed.")
    mailbox.refresh_from_db(fields=["warned_days", "next_at"])
