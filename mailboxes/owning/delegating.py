"""Letting another person of the same service use folders: offer, accept, decline, end. Each is one transaction."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import letters, limits
from accounts.models import Person
from mailboxes import states
from mailboxes.models import Delegation, Mailbox
from mailboxes.provisioning import sharing

LONGEST = timedelta(days=366)
ANOTHER = _("This person has folders of yours already, or an offer of them. End that first.")
OFFERS_AN_HOUR = 20  # each may show whether there is such an address, and writes a letter to it


def offer(
    mailbox: Mailbox,
    *,
    address: str,
    folders: Sequence[str],
    rights: str,
    reason: str,
    first_day: date,
    last_day: date,
    now: datetime,
) -> Delegation:
    """Offer these folders, which the caller knows to be there; ValidationError if a rule forbids it."""
    _require_use(mailbox)
    _require_period(first_day, last_day, timezone.localdate(now))
    delegate = _delegate(mailbox, address.strip().lower())
    try:
        with transaction.atomic():
            delegation = Delegation.objects.create(
                mailbox=mailbox,
                delegate=delegate,
                folders=list(folders),
                rights=rights,
                reason=reason,
                starts_at=_midnight(first_day),
                ends_at=_midnight(last_day + timedelta(days=1)),
            )
            states.audit_delegation("offered", delegation, actor=mailbox.person)
            _post("delegation-offered", delegation, delegate, by=mailbox.person)
    except IntegrityError:  # offered a moment ago, in another tab or long before
        raise ValidationError({"address": ValidationError(ANOTHER, code="living")}) from None
    return delegation


def accept(delegation: Delegation, *, now: datetime) -> None:
    """The delegate takes it; NotAllowed if it is no longer offered, ValidationError if their mailbox is not in use."""
    _require_use(delegation.delegate)
    if delegation.ends_at <= now:
        raise states.NotAllowed(f"{delegation} is over.")
    with transaction.atomic():
        states.move_delegation(delegation, "accepted", now=now, actor=delegation.delegate.person)
        _post("delegation-accepted", delegation, delegation.mailbox, by=delegation.delegate.person)
        if delegation.starts_at <= now:
            sharing.ask_for(delegation.mailbox, now=now)


def decline(delegation: Delegation, *, now: datetime) -> None:
    """The delegate does not want it; NotAllowed if it is no longer offered."""
    with transaction.atomic():
        states.move_delegation(delegation, "declined", now=now, actor=delegation.delegate.person)


def end(delegation: Delegation, *, actor: Person, now: datetime) -> None:
    """Either of the two ends it before its time, or takes the offer back; NotAllowed if it has ended already."""
    was_accepted = delegation.state == Delegation.State.ACCEPTED
    with transaction.atomic():
        states.move_delegation(delegation, "ended", now=now, actor=actor)
        for mailbox in (delegation.mailbox, delegation.delegate):
            _post("delegation-ended", delegation, mailbox, by=actor)
        if was_accepted:
            sharing.ask_for(delegation.mailbox, now=now)


def _require_use(mailbox: Mailbox) -> None:
    if not mailbox.is_in_use:
        raise ValidationError(
            _("This can be done while your mailbox is in use. Contact us if it is suspended."), code="not-active"
        )


def _require_period(first_day: date, last_day: date, today: date) -> None:
    problems = {}
    if first_day < today:
        problems["first_day"] = ValidationError(_("This day is over. Begin today or later."), code="past")
    elif first_day > today + LONGEST:
        problems["first_day"] = ValidationError(_("Begin within a year from today."), code="too-far")
    if last_day < first_day:
        problems["last_day"] = ValidationError(_("The last day is before the first. Choose a later one."), code="reversed")
    elif last_day - first_day > LONGEST:
        problems["last_day"] = ValidationError(
            _("A year is the longest. Choose an earlier day; you can give the folders again when it is over."),
            code="too-long",
        )
    if problems:
        raise ValidationError(problems)


def _delegate(mailbox: Mailbox, address: str) -> Mailbox:
    """Whose address that is; the same answer for every address that will not do, whatever the cause."""
    if address == mailbox.address:
        problem = ValidationError(_("This is your own address. Type that of the other person."), code="oneself")
        raise ValidationError({"address": problem})
    if not limits.within(OFFERS_AN_HOUR, seconds=3600, of=f"delegation:{mailbox.person_id}"):
        text = _("You have tried %(most)s addresses within an hour. Try again in an hour.") % {"most": OFFERS_AN_HOUR}
        raise ValidationError({"address": ValidationError(text, code="too-many")})
    local_part, _at, domain = address.rpartition("@")
    found = Mailbox.objects.filter(
        service=mailbox.service, local_part=local_part, domain=domain, state__in=Mailbox.IN_USE
    ).select_related("person", "service")
    if delegate := found.first():
        return delegate
    problem = ValidationError(
        _("No mailbox in use of this service has that address. Ask the person how it is written."), code="stranger"
    )
    raise ValidationError({"address": problem})


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _post(kind: str, delegation: Delegation, to: Mailbox, *, by: Person) -> None:
    """Without the reason: what a person writes must not come to another one in a letter of the office."""
    letters.post(
        kind,
        to=to.address,
        person=to.person,
        owner=delegation.mailbox.address,
        delegate=delegation.delegate.address,
        by=by.name,
        first_day=delegation.starts_at,
        last_day=delegation.last_day,
        service=delegation.mailbox.service.slug,
        delegation=delegation.pk,
    )
