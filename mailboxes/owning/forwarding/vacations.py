"""The automatic reply as its owner asks for it."""

from datetime import date, datetime

from django.db import transaction

from accounts import audit
from mailboxes.models import Job, Mailbox, Vacation
from mailboxes.owning.forwarding.services import require_possible
from mailboxes.provisioning import outbox


def of(mailbox: Mailbox) -> Vacation:
    """The one of the mailbox; a new one, not saved, where there is none."""
    return Vacation.objects.filter(mailbox=mailbox).first() or Vacation(mailbox=mailbox)


def switch_on(vacation: Vacation, *, address: str, now: datetime) -> None:
    """Save the reply and put it in force; ValidationError unless that is possible now."""
    _switch(vacation, True, address, now)


def switch_off(vacation: Vacation, *, address: str, now: datetime) -> None:
    """No more replies; the text stays for the next time. ValidationError unless that is possible now."""
    if vacation.is_on:
        _switch(vacation, False, address, now)


def is_answering(vacation: Vacation, today: date) -> bool:
    return vacation.is_on and vacation.first_day <= today <= vacation.last_day


def _switch(vacation: Vacation, is_on: bool, address: str, now: datetime) -> None:
    mailbox = vacation.mailbox
    require_possible(mailbox)
    with transaction.atomic():
        vacation.is_on = is_on
        Vacation.objects.update_or_create(
            mailbox=mailbox,
            defaults={name: getattr(vacation, name) for name in ("is_on", "subject", "text", "first_day", "last_day")},
        )
        days = {"first_day": str(vacation.first_day), "last_day": str(vacation.last_day)} if is_on else {}
        audit.record(
            "vacation.on" if is_on else "vacation.off",
            person=mailbox.person,
            actor=mailbox.person,
            mailbox=mailbox.address,
            address=address,
            **days,
        )
        outbox.put(mailbox, Job.Kind.FILTER, now=now)
