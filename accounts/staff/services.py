"""Accounts of the staff: made, given roles, closed, begun anew. ``actor`` is None where a command does it."""

from collections.abc import Iterable
from enum import Enum
from hashlib import sha256
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from accounts import audit, letters, roles
from accounts.models import ContactAddress, Person, Staff
from accounts.staff import factors


class Kind(Enum):
    OWN = _("Nobody changes their own account here. Ask another administrator.")
    BEYOND = _("That account or role has rights that you do not have yourself. Ask an administrator.")
    LAST = _("This is the last active administrator. Make another one first.")


class Outdated(Exception):
    """The account was changed since the form was shown."""


class Taken(Exception):
    """There is an account of that name."""


class Refused(Exception):
    """``code`` is what the helpdesk hears; nothing was changed."""

    def __init__(self, kind: Kind) -> None:
        super().__init__(kind.name.lower())
        self.kind = kind

    @property
    def sentence(self) -> Promise:
        sentence: Promise = self.kind.value
        return sentence


@sensitive_variables("password")
@transaction.atomic
def make(
    *,
    actor: Person | None,
    username: str,
    name: str,
    password: str,
    groups: Iterable[Group],
    address: str | None = None,
) -> Person:
    """An account with a password that its holder is told, and without a factor, which they set up themselves.

    Taken where somebody else made one of that name at the same moment.
    """
    given = list(groups)
    _require_power(actor, _rights(group__in=given))
    staff = Staff(source=Person.LOCAL, subject=username, username=username, name=name, is_staff=True)
    staff.set_password(password)
    try:
        with transaction.atomic():
            staff.save()
    except IntegrityError as error:
        raise Taken from error
    staff.groups.set(given)
    audit.record("staff.made", person=staff, actor=actor, address=address, after=_state(staff))
    return staff


@transaction.atomic
def change(
    staff: Person,
    *,
    actor: Person | None,
    stamp: str,
    name: str,
    groups: Iterable[Group],
    is_active: bool,
    address: str | None = None,
) -> bool:
    """Name, roles, and whether the account is open; False if that is how it was. Refused by the rules of ``Kind``.

    Outdated if ``stamp`` is not that of the account any more.
    """
    given = list(groups)
    _require_other(actor, staff)
    # One change at a time, or two administrators could remove each other at the same moment.
    Group.objects.select_for_update().get(name=roles.ADMINISTRATOR)
    staff.refresh_from_db()
    before = _state(staff)
    if stamp != stamp_of(staff):
        raise Outdated
    _require_power(actor, _all_rights(staff) | _rights(group__in=given))
    staff.name, staff.is_active = name, is_active
    staff.save(update_fields=["name", "is_active", "updated_at"])
    staff.groups.set(given)
    after = _state(staff)
    if after == before:
        return False
    if not Person.objects.filter(groups__name=roles.ADMINISTRATOR, is_active=True).exists():
        raise Refused(Kind.LAST)
    audit.record("staff.changed", person=staff, actor=actor, address=address, before=before, after=after)
    return True


@sensitive_variables("password")
@transaction.atomic
def begin_anew(staff: Person, *, actor: Person | None, password: str, address: str | None = None) -> None:
    """For a lost factor or password: a new password, which ends every session, and no factor any more."""
    _require_other(actor, staff)
    _require_power(actor, _all_rights(staff))
    before = factors.of(staff)
    factors.remove_all(staff)
    staff.set_password(password)
    staff.save(update_fields=["password", "updated_at"])
    audit.record("staff.begun-anew", person=staff, actor=actor, address=address, before=before, after=[])
    for contact in ContactAddress.objects.filter(person=staff, verified_at__isnull=False, removed_at=None):
        letters.post("staff-begun-anew", to=contact.address, person=staff)


def stamp_of(staff: Person) -> str:
    """Differs as soon as anybody changed the account."""
    return sha256(repr(_state(staff)).encode()).hexdigest()


def may_change(actor: Person, staff: Person) -> bool:
    """Whether the two rules about whom they may touch allow it; the right ``accounts.change_staff`` is another matter."""
    return actor.pk != staff.pk and _all_rights(staff) <= actor.get_all_permissions()


def _require_other(actor: Person | None, staff: Person) -> None:
    if actor is not None and actor.pk == staff.pk:
        raise Refused(Kind.OWN)


def _require_power(actor: Person | None, rights: set[str]) -> None:
    if actor is not None and not rights <= actor.get_all_permissions():
        raise Refused(Kind.BEYOND)


def _all_rights(staff: Person) -> set[str]:
    """Also of a closed account, for which Django knows none."""
    return _rights(Q(group__user=staff) | Q(user=staff))


def _rights(*conditions: Q, **more: Any) -> set[str]:
    rows = Permission.objects.filter(*conditions, **more).values_list("content_type__app_label", "codename")
    return {f"{app}.{codename}" for app, codename in rows}


def _state(staff: Person) -> dict[str, Any]:
    """As the event keeps it."""
    names = sorted(staff.groups.values_list("name", flat=True))
    return {"name": staff.name, "roles": names, "active": staff.is_active}
