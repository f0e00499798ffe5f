"""What administrators and owners decide about a mailbox. Each is one transaction; NotAllowed where it cannot be, or is late.

A mailbox that is given here was read by the page on which somebody decided: who changed it since has decided first.
"""

from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.models import Person
from mailboxes import eligibility, states
from mailboxes.models import Job, Mailbox
from mailboxes.provisioning.life.bringing import State, bring, close, require
from mailboxes.provisioning.life.standing import BY_THE_OFFICE, Cause
from mailboxes.provisioning.life.telling import tell

# --- administrators -------------------------------------------------------------------------------------------------------


def suspend(mailbox: Mailbox, *, cause: str, reason: str, actor: Person, now: datetime) -> None:
    """Take it out of use for ``theft`` or ``rule``, with a reason that its owner reads; not twice, and not one's own.

    A closing that its owner asked for is off: it may be the thief's, or the way out of what is looked into.
    """
    require(mailbox, *Mailbox.OPEN)
    _require_other(mailbox, actor)
    if mailbox.hold in BY_THE_OFFICE:
        raise states.NotAllowed(f"{mailbox} is suspended already.")
    with transaction.atomic():
        asked = mailbox.close_asked_at is not None
        bring(mailbox, verb="suspended", now=now, actor=actor, hold=cause, reason=reason, close_asked_at=None)
        if asked:
            audit.record("mailbox.closing-taken-back", person=mailbox.person, actor=actor, mailbox=mailbox.address)
        tell("mailbox-suspended", mailbox, now=now, closing_off=asked)


def lift(mailbox: Mailbox, *, actor: Person, now: datetime, anyway: bool = False) -> None:
    """End the suspension by whoever holds it: what its owner had switched off before the office came stays off.

    After theft only with a new password since then, unless ``anyway``.
    """
    require(mailbox, State.SUSPENDED)
    _require_other(mailbox, actor)
    if not mailbox.hold:
        raise states.NotAllowed(f"{mailbox} is held by nobody.")
    if mailbox.hold == Cause.THEFT and not anyway and new_password(mailbox) is None:
        raise states.NotAllowed(f"{mailbox} has no new password since it was suspended.")
    with transaction.atomic():
        off = mailbox.off_by_owner and mailbox.hold in BY_THE_OFFICE
        bring(mailbox, verb="lifted", now=now, actor=actor, hold=Cause.OWNER if off else "", off_by_owner=off)
        tell("mailbox-lifted", mailbox, now=now)


def keep(mailbox: Mailbox, *, actor: Person, now: datetime) -> None:
    """Let it stay in spite of its owner's condition, until that changes once more."""
    require(mailbox, State.SUSPENDED, State.LEAVING)
    _require_other(mailbox, actor)
    if mailbox.leaves_at is None:
        raise states.NotAllowed(f"{mailbox} is not ended by a condition.")
    with transaction.atomic():
        kept_for = eligibility.key_of(mailbox.person)
        bring(mailbox, verb="kept", now=now, actor=actor, leaves_at=None, kept_for=kept_for)
        tell("mailbox-stays", mailbox, now=now)


def close_now(mailbox: Mailbox, *, reason: str, actor: Person, now: datetime) -> None:
    """Close it at once."""
    require(mailbox, *Mailbox.OPEN)
    _require_other(mailbox, actor)
    with transaction.atomic():
        close(mailbox, cause=Cause.OFFICE, reason=reason, now=now, actor=actor)
        tell("mailbox-closed", mailbox, now=now)


def reopen(mailbox: Mailbox, *, actor: Person, now: datetime) -> None:
    """Bring back a closed one, for somebody who comes back, with what was in it and its old password.

    It stays suspended where the office or its owner held it when it was closed; a condition that would end it does not
    while it holds.
    """
    require(mailbox, State.CLOSED)
    _require_other(mailbox, actor)
    stays = not eligibility.is_entitled(mailbox.service, mailbox.person)
    with transaction.atomic():
        kept_for = eligibility.key_of(mailbox.person) if stays else ""
        bring(mailbox, verb="reopened", now=now, actor=actor, kept_for=kept_for)
        tell("mailbox-reopened", mailbox, now=now)


def new_password(mailbox: Mailbox) -> datetime | None:
    """When a password came into force that was asked for since the mailbox was suspended; None if none did."""
    if mailbox.held_at is None:
        return None
    jobs = Job.objects.filter(mailbox=mailbox, kind=Job.Kind.PASSWORD, state=Job.State.DONE, created_at__gte=mailbox.held_at)
    return jobs.order_by("-pk").values_list("finished_at", flat=True).first()


# --- owners ---------------------------------------------------------------------------------------------------------------


def switch_off(mailbox: Mailbox, *, now: datetime, address: str) -> None:
    """The owner takes it out of use at once, and can bring it back; ``address`` is the visitor's."""
    require(mailbox, *Mailbox.IN_USE)
    with transaction.atomic():
        owner = mailbox.person
        bring(mailbox, verb="suspended", now=now, actor=owner, address=address, hold=Cause.OWNER, off_by_owner=True)
        tell("mailbox-suspended", mailbox, now=now)


def switch_on(mailbox: Mailbox, *, now: datetime, address: str) -> None:
    """The owner brings back what the owner has switched off, and nothing else."""
    require(mailbox, State.SUSPENDED)
    if mailbox.hold != Cause.OWNER:
        raise states.NotAllowed(f"{mailbox} was not switched off by its owner.")
    with transaction.atomic():
        bring(mailbox, verb="lifted", now=now, actor=mailbox.person, address=address, hold="", off_by_owner=False)
        tell("mailbox-lifted", mailbox, now=now)


def may_ask_to_close(mailbox: Mailbox) -> bool:
    """Nobody escapes a suspension by the office by closing, and nobody asks twice."""
    return mailbox.state in Mailbox.OPEN and mailbox.hold not in BY_THE_OFFICE and mailbox.close_asked_at is None


def ask_to_close(mailbox: Mailbox, *, now: datetime, address: str) -> None:
    """The owner has it closed after the cooling time."""
    if not may_ask_to_close(mailbox):
        raise states.NotAllowed(f"{mailbox} cannot be closed by its owner now.")
    with transaction.atomic():
        bring(mailbox, verb="closing", now=now, actor=mailbox.person, address=address, close_asked_at=now)
        tell("mailbox-closing", mailbox, now=now)


def take_back_closing(mailbox: Mailbox, *, now: datetime, address: str) -> None:
    """The owner wants it after all, before it was closed."""
    require(mailbox, State.SUSPENDED, State.LEAVING)
    if mailbox.close_asked_at is None:
        raise states.NotAllowed(f"Nobody asked to close {mailbox}.")
    with transaction.atomic():
        bring(mailbox, verb="closing-taken-back", now=now, actor=mailbox.person, address=address, close_asked_at=None)
        tell("mailbox-stays", mailbox, now=now)


def _require_other(mailbox: Mailbox, actor: Person) -> None:
    if mailbox.person_id == actor.pk:
        raise states.NotAllowed(f"{mailbox} is the administrator's own.")
