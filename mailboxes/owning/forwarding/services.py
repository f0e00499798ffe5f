"""What owners ask for, and what the readers of the addresses answer. Each function is one transaction, then the bell."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import audit, contacts, letters
from accounts.limits import within
from accounts.models import Person
from mailboxes.models import Forward, Forwarding, ForwardRefusal, Job, Mailbox, MailService
from mailboxes.models.forwarding import PLACES
from mailboxes.owning.forwarding import targets
from mailboxes.provisioning import outbox
from mailboxes.provisioning.stores import StoreError, registry

TRIES_AN_HOUR = 20  # of one person: each answer tells of an address of ours whether it is in use
LETTERS_A_DAY = 10  # that ask, for one mailbox
LETTERS_TO_ONE = 3  # a day, that ask one address, whoever wants it
DAY = timedelta(days=1).total_seconds()


def mode_of(mailbox: Mailbox) -> str:
    """One of ``Forwarding.Mode``."""
    row = Forwarding.objects.filter(mailbox=mailbox).first()
    return row.mode if row else Forwarding.Mode.OFF


def set_mode(mailbox: Mailbox, mode: str, *, address: str, now: datetime) -> None:
    """Switch forwarding off or on, with or without a copy; ValidationError unless that is possible now."""
    require_possible(mailbox)
    with transaction.atomic():
        before = mode_of(mailbox)
        if before == mode:
            return
        Forwarding.objects.update_or_create(mailbox=mailbox, defaults={"mode": mode})
        _record("forwarding.changed", mailbox, mailbox.person, address, mode=mode)
        outbox.put(mailbox, Job.Kind.FILTER, now=now)
        if mailbox.forwards.filter(confirmed_at__isnull=False).exists():
            _tell_owner(mailbox)


def add(mailbox: Mailbox, typed: str, *, address: str, now: datetime) -> Forward:
    """Put an address on the list and ask whoever reads it; ValidationError. The first one switches forwarding on."""
    require_possible(mailbox)
    with transaction.atomic():
        _one_at_a_time()
        free = sorted(set(PLACES) - set(mailbox.forwards.values_list("place", flat=True)))
        if not free:
            raise ValidationError(_("Three addresses are the most. Remove one first."), code="three")
        _require_few_tries(mailbox.person)
        target = targets.checked(mailbox, typed)
        _require_patience(mailbox, target)
        forward = Forward.objects.create(mailbox=mailbox, place=free[0], target=target, asked_at=now)
        Forwarding.objects.get_or_create(mailbox=mailbox, defaults={"mode": Forwarding.Mode.COPY})
        _record("forward.asked", mailbox, mailbox.person, address, target=target)
        _ask(forward)
    return forward


def ask_again(forward: Forward, *, address: str, now: datetime) -> None:
    """Another letter with the link, good for another day; ValidationError."""
    require_possible(forward.mailbox)
    if forward.confirmed_at is not None:
        raise ValidationError(_("This address is confirmed already."), code="confirmed")
    _require_patience(forward.mailbox, forward.target)
    with transaction.atomic():
        Forward.objects.filter(pk=forward.pk).update(asked_at=now)
        forward.asked_at = now
        _record("forward.asked", forward.mailbox, forward.mailbox.person, address, target=forward.target)
        _ask(forward)


def remove(forward: Forward, *, address: str, now: datetime) -> None:
    """Take an address off the list; ValidationError unless that is possible now."""
    require_possible(forward.mailbox)
    with transaction.atomic():
        _take_off(forward, "forward.removed", forward.mailbox.person, address, now)


def confirm(forward: Forward, *, address: str, now: datetime) -> None:
    """Its reader agrees; ValidationError unless that is possible now. Confirming again changes nothing."""
    mailbox = forward.mailbox
    require_possible(mailbox)
    with transaction.atomic():
        if not Forward.objects.filter(pk=forward.pk, confirmed_at=None).update(confirmed_at=now):
            return
        _record("forward.confirmed", mailbox, None, address, target=forward.target)
        _put_in_force(mailbox, now)


def decline(forward: Forward, *, address: str, now: datetime) -> None:
    """Its reader wants no letters of this mailbox, now or later, and is not asked again."""
    with transaction.atomic():
        ForwardRefusal.objects.get_or_create(mailbox=forward.mailbox, target=forward.target, defaults={"refused_at": now})
        _take_off(forward, "forward.declined", None, address, now)


def is_possible(mailbox: Mailbox) -> bool:
    """Whether its mail system can forward letters and answer them."""
    try:
        return registry.named(mailbox.service.store).can_filter
    except StoreError:
        return False


def require_possible(mailbox: Mailbox) -> None:
    """ValidationError unless the mailbox is in use and its mail system can forward."""
    if not is_possible(mailbox):
        raise ValidationError(_("The mail system of this service cannot forward or answer letters."), code="cannot-forward")
    if not mailbox.is_in_use:
        raise ValidationError(_("This can be changed while the mailbox is in use, and it is not."), code="not-active")


def _take_off(forward: Forward, verb: str, actor: Person | None, address: str, now: datetime) -> None:
    mailbox = forward.mailbox
    if not Forward.objects.filter(pk=forward.pk).delete()[0]:
        return  # by another click
    _record(verb, mailbox, actor, address, target=forward.target)
    if forward.confirmed_at is not None:
        _put_in_force(mailbox, now)


def _put_in_force(mailbox: Mailbox, now: datetime) -> None:
    outbox.put(mailbox, Job.Kind.FILTER, now=now)
    if mode_of(mailbox) != Forwarding.Mode.OFF:
        _tell_owner(mailbox)


def _one_at_a_time() -> None:
    """Two people who add each other at the same moment would close a loop that neither of them sees."""
    list(MailService.objects.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))


def _require_few_tries(person: Person) -> None:
    if not within(TRIES_AN_HOUR, seconds=3600, of=f"forward-tries:{person.pk}"):
        raise ValidationError(
            _("You have tried %(most)s addresses within an hour. Try again in an hour."),
            code="too-many",
            params={"most": TRIES_AN_HOUR},
        )


def _require_patience(mailbox: Mailbox, target: str) -> None:
    if not within(LETTERS_A_DAY, seconds=int(DAY), of=f"forward-asked:{mailbox.pk}"):
        raise ValidationError(
            _("That was the last of %(count)s letters that we send for you in a day. Please try again tomorrow."),
            code="too-many-letters",
            params={"count": LETTERS_A_DAY},
        )
    if not within(LETTERS_TO_ONE, seconds=int(DAY), of=f"forward-asks:{target.lower()}"):
        raise ValidationError(
            _("This address has got %(count)s such letters in a day. Look there, also among junk, or try again tomorrow."),
            code="too-many-letters",
            params={"count": LETTERS_TO_ONE},
        )


def _ask(forward: Forward) -> None:
    mailbox = forward.mailbox
    letters.post(
        "forward-confirm",
        to=forward.target,
        forward=forward.pk,
        owner=mailbox.person.name,
        mailbox=mailbox.address,
        until=forward.good_until,
    )


def _tell_owner(mailbox: Mailbox) -> None:
    """In the mailbox, and wherever else the owner can be reached: whoever has got in at the one may not be at the other."""
    confirmed = list(mailbox.forwards.filter(confirmed_at__isnull=False).values_list("target", flat=True))
    for to in (mailbox.address, *contacts.confirmed(mailbox.person)):
        letters.post(
            "forwarding-changed",
            to=to,
            person=mailbox.person,
            service=mailbox.service.slug,
            mailbox=mailbox.address,
            mode=mode_of(mailbox),
            targets=confirmed,
        )


def _record(verb: str, mailbox: Mailbox, actor: Person | None, address: str, **details: str) -> None:
    audit.record(verb, person=mailbox.person, actor=actor, mailbox=mailbox.address, address=address, **details)
