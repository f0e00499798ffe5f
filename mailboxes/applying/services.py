"""What people ask for: submit, hold, cancel, change password. Each is one transaction, then the bell."""

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts import audit, limits, policies
from accounts.contacts import services as contacts
from accounts.models import Person
from mailboxes import names, states, tallies
from mailboxes.applying import warnings
from mailboxes.models import Application, Job, Mailbox, MailService, Remark, Tally
from mailboxes.provisioning import outbox
from mailboxes.provisioning.hashing import hash_password
from mailboxes.shelf import Slot

log = logging.getLogger(__name__)
CANCELLED_A_DAY = 5  # each one keeps a name from everybody else
CHECKS_A_MINUTE = 60  # far more than somebody types who thinks about a name, far too few to read a directory out


class AlreadyApplied(Exception):
    """The person's one mailbox of the service is there already, from another tab or a second click."""


class PoliciesChanged(Exception):
    """A policy of the service is not agreed to, or has a version newer than the one that was."""


def may_look_up(person: Person) -> bool:
    """Count one more typed name that is looked up, on whichever way; False if these are too many in a minute."""
    return limits.within(CHECKS_A_MINUTE, seconds=60, of=f"name-check:{person.pk}")


def choose_name(slot: Slot, name: str, *, now: datetime) -> None:
    """Remember a free name in a draft; nothing is reserved by it. ValidationError after too many cancelled ones."""
    _require_patience(slot, now)
    if slot.application is None:
        try:
            with transaction.atomic():
                Application.objects.create(person=slot.person, service=slot.service, chosen_name=name)
            return
        except IntegrityError:
            pass  # begun in another tab a moment ago: this choice is the newer one
    Application.objects.filter(person=slot.person, service=slot.service, state=Application.State.DRAFT).update(
        chosen_name=name
    )


def forget_name(slot: Slot) -> None:
    """Give up the chosen name of a draft: by what is known of the person now, no name can be made."""
    Application.objects.filter(person=slot.person, service=slot.service, state=Application.State.DRAFT).update(
        chosen_name=""
    )


def hold(slot: Slot, *, now: datetime) -> Application | None:
    """Keep the application for the helpdesk, if no name can be made; None if one can, or if it was cancelled meanwhile."""
    if not _lacks_name(slot):
        return None
    try:
        with transaction.atomic():
            application = slot.application or Application.objects.create(person=slot.person, service=slot.service)
            if application.state == Application.State.DRAFT:
                states.move_application(application, "held", now=now, actor=slot.person)
        return application
    except (IntegrityError, states.NotAllowed):  # a second click, or another tab: as it stands now
        return Application.objects.filter(person=slot.person, service=slot.service, finished_at=None).first()


def take_back_held(slot: Slot, *, now: datetime) -> None:
    """A held application goes on as soon as a name can be made."""
    if slot.application and slot.application.state == Application.State.HELD:
        with suppress(states.NotAllowed), transaction.atomic():  # a second click, or another tab: it goes on already
            states.move_application(slot.application, "draft", now=now, actor=slot.person)


def submit(
    slot: Slot, *, password: str, now: datetime, backup_email: str = "", address: str = "", score: int | None = None
) -> Application:
    """Reserve the chosen name and ask for its mailbox, or for a review where the service wants one.

    ValidationError if a rule forbids it; PoliciesChanged; AlreadyApplied if the mailbox was asked for already; NoUsableName
    if what is known of the person has changed so that no name can be made. The rules of the password are the form's: what
    comes here is good. A backup e-mail becomes a contact address to be confirmed.
    ``address`` is the visitor's, for the log that the owner reads. ``score`` is the password's, to be counted.
    """
    draft = slot.application
    if slot.mailbox is not None:
        raise AlreadyApplied
    if not slot.may_apply:
        raise ValidationError(_("This service does not take an application from you now."), code="not-eligible")
    if any(not step.agreed for step in policies.steps(slot.person, slot.service.policies, now=now)):
        raise PoliciesChanged
    if draft is None or not draft.chosen_name:
        raise ValidationError(_("Please choose a name first."), code="no-name")
    offer = _offer_of(slot, draft)
    password_hash = hash_password(password)
    found = warnings.of(slot)
    try:
        with transaction.atomic():
            mailbox = _reserve(slot, offer, now)
            taken_in: dict[str, Any] = {
                "mailbox": mailbox,
                "address": address,
                "submitted_at": now,
                "warnings": " ".join(found),
            }
            if warnings.is_reviewed(slot, found):
                waiting = taken_in | {"password_hash": password_hash}
                states.move_application(draft, "review", now=now, actor=slot.person, **waiting)
            else:
                states.move_application(draft, "pending", now=now, actor=slot.person, **taken_in)
                outbox.put(mailbox, Job.Kind.CREATE, now=now, password_hash=password_hash)
            if backup_email:
                _add_backup_email(slot.person, backup_email, address, now)
            _count(score, slot.service, now)
    except (IntegrityError, states.NotAllowed) as error:
        raise _too_late(slot) from error
    return draft


def answer(application: Application, text: str, *, now: datetime) -> None:
    """What the applicant says to what a reviewer asked; NotAllowed unless it is asked still."""
    with transaction.atomic():
        states.move_application(application, "review", now=now, actor=application.person)
        Remark.objects.create(
            application=application, author=application.person, kind=Remark.Kind.ANSWERED, text=text, written_at=now
        )


def cancel(application: Application, *, now: datetime) -> None:
    """End an application that is not provisioned yet; NotAllowed if it is, or if a worker is opening it this moment."""
    mailbox, person = application.mailbox, application.person
    with transaction.atomic():
        if application.state == Application.State.PENDING and mailbox is not None:
            if not outbox.drop(mailbox, Job.Kind.CREATE, now=now):
                raise states.NotAllowed(f"{application} is being opened.")
            states.move_mailbox(mailbox, "cancelled", now=now, actor=person)
            if mailbox.jobs.filter(attempts__gt=0).exists():
                # The mail server may hold half of it, with the password: nobody may sign in there, or write to nobody.
                outbox.put(mailbox, Job.Kind.CLOSE, now=now)
            states.move_application(application, "cancelled", now=now, actor=person)
            return
        # The application first, as a reviewer has it: in the other order the two could wait for each other.
        states.move_application(application, "cancelled", now=now, actor=person)
        if mailbox is not None:
            states.move_mailbox(mailbox, "cancelled", now=now, actor=person)


def change_password(mailbox: Mailbox, *, password: str, address: str, now: datetime, score: int | None = None) -> Job:
    """Ask for a new password; ValidationError unless the mailbox is in use, or suspended.

    Of a suspended one it opens nothing, and whoever lifts the suspension sees that the stolen password is gone.
    """
    if mailbox.state not in Mailbox.OPEN:
        raise ValidationError(_("The password can be changed once the mailbox is in use."), code="not-active")
    password_hash = hash_password(password)
    with transaction.atomic():
        job = outbox.put(mailbox, Job.Kind.PASSWORD, now=now, password_hash=password_hash)
        audit.record(
            "mailbox.password-asked",
            person=mailbox.person,
            actor=mailbox.person,
            mailbox=mailbox.address,
            address=address,
        )
        _count(score, mailbox.service, now)
    return job


def _lacks_name(slot: Slot) -> bool:
    instead = slot.application.offered_names if slot.application else ""
    try:
        names.to_choose_from(slot.service, slot.person, instead=instead)
    except names.NoUsableName:
        return True
    return False


def _offer_of(slot: Slot, draft: Application) -> names.Offer:
    """The chosen name, if it can be had; as of ``submit`` otherwise."""
    try:
        offer = names.offer_of(slot.service, slot.person, draft.chosen_name, instead=draft.offered_names)
    except names.NoUsableName:
        if _has_mailbox(slot):  # by a second click: it was the only name
            raise AlreadyApplied from None
        raise
    if offer is None:
        raise _too_late(slot)
    return offer


def _count(score: int | None, service: MailService, now: datetime) -> None:
    if score is not None:
        tallies.add(service.pk, Tally.What.STRENGTH, str(score), now=now)


def _add_backup_email(person: Person, typed: str, address: str, now: datetime) -> None:
    """The form has checked it; what has changed since, as in another window, must not cost them the mailbox."""
    try:
        contacts.add(person, typed, now=now, visitor=address or None)
    except (ValidationError, IntegrityError) as error:
        log.warning("The backup e-mail of person %s is left out: %s", person.pk, type(error).__name__)


def _reserve(slot: Slot, offer: names.Offer, now: datetime) -> Mailbox:
    """The mailbox row that keeps the name; the one that the same person had cancelled comes back to life."""
    stem, stem_number = names.stem_of(offer.name)
    alike = {
        "service": slot.service,
        "person": slot.person,
        "domain": offer.domain,
        "stem": stem,
        "stem_number": stem_number,
    }
    mailbox = Mailbox.objects.filter(**alike).first()
    if mailbox is None:
        return Mailbox.objects.create(**alike, local_part=offer.name)
    states.move_mailbox(mailbox, "pending", now=now, actor=slot.person, local_part=offer.name)
    return mailbox


def _require_patience(slot: Slot, now: datetime) -> None:
    recent = Application.objects.filter(
        person=slot.person, service=slot.service, state="cancelled", finished_at__gt=now - timedelta(days=1)
    ).exclude(mailbox=None)
    if recent.count() >= CANCELLED_A_DAY:
        raise ValidationError(
            _("You have cancelled %(count)s applications within a day. Please try again tomorrow, or ask the helpdesk."),
            code="too-many",
            params={"count": CANCELLED_A_DAY},
        )


def _too_late(slot: Slot) -> AlreadyApplied | ValidationError:
    """Somebody has taken the name since it was offered: the person themselves, by a second click, or another one."""
    if _has_mailbox(slot):
        return AlreadyApplied()
    return ValidationError(_("That name is no longer free. Nothing was sent; please choose another one."), code="name-taken")


def _has_mailbox(slot: Slot) -> bool:
    return Mailbox.objects.filter(service=slot.service, person=slot.person).exclude(state="cancelled").exists()
