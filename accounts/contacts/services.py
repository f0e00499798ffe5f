"""What becomes of contact addresses: added, confirmed, removed, and for three days undone. Each is one transaction.

Whatever changes the confirmed ones is told to all of them, old and new, and the old ones get a link that undoes it: who
has stolen a session must not be able to cut its owner off in silence.
"""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import audit, letters, limits
from accounts.contacts import rule
from accounts.models import ContactAddress, Person

UNDONE_WITHIN = timedelta(days=3)
LETTERS_A_DAY = 10  # with a link that confirms, of one person
LETTERS_A_DAY_TO_ONE = 5  # to one address, whoever asks: nobody can have a stranger flooded
DAY = 24 * 3600  # seconds
PLACES = range(1, ContactAddress.MOST + 1)


class NotPossible(Exception):
    """The address is not, or no longer, in the state that this needs."""


def mine(person: Person) -> QuerySet[ContactAddress]:
    """The addresses as the person sees them, confirmed or not."""
    return ContactAddress.objects.filter(person=person, removed_at=None)


def check(person: Person, typed: str) -> str:
    """The address as it would be kept; ValidationError if it cannot be added."""
    address = rule.normal(typed)
    rule.check_not_own(person, address)
    _place(mine(person), address)
    return address


def add(person: Person, typed: str, *, now: datetime, visitor: str | None = None) -> ContactAddress:
    """Add it, not confirmed yet, with the letter that asks; ValidationError if it cannot be, or after too many letters.

    ``visitor`` is the address that the request came from.
    """
    address = rule.normal(typed)
    rule.check_not_own(person, address)
    with transaction.atomic():
        _lock(person)
        place = _place(mine(person), address)
        _require_patience(person, address)
        contact = ContactAddress.objects.create(person=person, address=address, place=place, added_at=now, asked_at=now)
        _ask(contact)
        audit.record("contact.added", person=person, actor=person, address=visitor, contact=address)
    return contact


def ask_again(contact: ContactAddress, *, now: datetime, visitor: str) -> None:
    """A new letter with the link; ValidationError after too many. NotPossible if it is confirmed or gone."""
    with transaction.atomic():
        _lock(contact.person)
        waiting = mine(contact.person).filter(pk=contact.pk, verified_at=None)
        if not waiting.exists():
            raise NotPossible
        _require_patience(contact.person, contact.address)
        waiting.update(asked_at=now)
        contact.asked_at = now
        _ask(contact)
        audit.record(
            "contact.asked-again", person=contact.person, actor=contact.person, address=visitor, contact=contact.address
        )


def confirm(contact: ContactAddress, *, now: datetime, visitor: str) -> None:
    """The link was opened and the button pressed by its owner; NotPossible if it is too late."""
    person = contact.person
    with transaction.atomic():
        _lock(person)
        old = list(_confirmed(person))
        fresh = mine(person).filter(pk=contact.pk, verified_at=None, asked_at__gt=now - contact.GOOD_FOR)
        if not fresh.update(verified_at=now):
            raise NotPossible
        _tell("contact-added", old, contact, now=now, undo=True)
        _tell("contact-added", [contact], contact, now=now, undo=False)
        audit.record("contact.confirmed", person=person, actor=person, address=visitor, contact=contact.address)


def remove(contact: ContactAddress, *, now: datetime, visitor: str) -> None:
    """Take it away, for its owner; NotPossible if it is gone already."""
    person = contact.person
    with transaction.atomic():
        _lock(person)
        old = list(_confirmed(person))
        if not mine(person).filter(pk=contact.pk).update(removed_at=now):
            raise NotPossible
        if contact in old:
            _tell("contact-removed", old, contact, now=now, undo=True)
        audit.record("contact.removed", person=person, actor=person, address=visitor, contact=contact.address)


def take_back(contact: ContactAddress, *, now: datetime, visitor: str) -> None:
    """From an old address: the one that was confirmed within three days goes. NotPossible if it is later, or gone."""
    person = contact.person
    with transaction.atomic():
        _lock(person)
        told = list(_confirmed(person))
        fresh = mine(person).filter(pk=contact.pk, verified_at__gt=now - UNDONE_WITHIN)
        if not fresh.update(removed_at=now):
            raise NotPossible
        _tell("contact-undone", told, contact, now=now, undo=False)
        audit.record("contact.taken-back", person=person, address=visitor, contact=contact.address)


def restore(contact: ContactAddress, *, now: datetime, visitor: str) -> None:
    """From an old address: the one that was removed within three days comes back, and whatever was added since goes.

    Else whoever removed it could have filled its place. NotPossible if it is later, or there already.
    """
    person = contact.person
    with transaction.atomic():
        _lock(person)
        gone = ContactAddress.objects.filter(
            pk=contact.pk, verified_at__isnull=False, removed_at__gt=now - UNDONE_WITHIN
        ).first()
        if gone is None or gone.removed_at is None:
            raise NotPossible
        told = [*_confirmed(person), gone]
        mine(person).filter(added_at__gte=gone.removed_at).update(removed_at=now)
        try:
            place = _place(mine(person), gone.address)
        except ValidationError as error:
            raise NotPossible from error
        ContactAddress.objects.filter(pk=gone.pk).update(removed_at=None, place=place)
        _tell("contact-undone", told, gone, now=now, undo=False)
        audit.record("contact.restored", person=person, address=visitor, contact=gone.address)


def forget_removed(now: datetime) -> None:
    """Delete what was removed and can no longer be undone; the events stay."""
    ContactAddress.objects.filter(removed_at__lt=now - UNDONE_WITHIN).delete()


def _confirmed(person: Person) -> QuerySet[ContactAddress]:
    return mine(person).filter(verified_at__isnull=False)


def _lock(person: Person) -> None:
    """One change of a person's addresses at a time, so that each letter tells what is so."""
    Person.objects.select_for_update().only("pk").get(pk=person.pk)


def _place(there: QuerySet[ContactAddress], address: str) -> int:
    """The smallest free place; ValidationError if the address is there, or there is no place."""
    taken = dict(there.values_list("place", "address"))
    if address.lower() in (one.lower() for one in taken.values()):
        raise ValidationError(_("This address is among your contact addresses already."), code="again")
    free = [place for place in PLACES if place not in taken]
    if not free:
        raise ValidationError(
            _("You have three contact addresses, which is the most. Remove one first, on the page “Configure”."),
            code="too-many",
        )
    return free[0]


def _require_patience(person: Person, address: str) -> None:
    few = limits.within(LETTERS_A_DAY, seconds=DAY, of=f"contact-letters:{person.pk}")
    if not few or not limits.within(LETTERS_A_DAY_TO_ONE, seconds=DAY, of=f"contact-address:{address.lower()}"):
        raise ValidationError(
            _("So many letters have been asked for today that no more are sent. Please try again tomorrow."),
            code="too-often",
        )


def _ask(contact: ContactAddress) -> None:
    letters.post("contact-confirm", to=contact.address, person=contact.person, contact=contact.pk, until=contact.good_until)


def _tell(kind: str, to: list[ContactAddress], about: ContactAddress, *, now: datetime, undo: bool) -> None:
    for contact in to:
        letters.post(
            kind,
            to=contact.address,
            person=about.person,
            contact=about.pk,
            address=about.address,
            undo=undo,
            until=now + UNDONE_WITHIN,
        )
