"""Sign-ins of the staff in the audit log."""

from typing import Any

from allauth.core import context
from django.http import HttpRequest

from accounts import audit, limits
from accounts.addresses import visitor_address
from accounts.models import Person

# Nobody fills the audit log by guessing: so many events are kept in an hour, of one account or of no account of ours, ...
KEPT_OF_ONE = 30
# ... and of all together.
KEPT_OF_ALL = 400
WINDOW = 3600  # seconds


def entered(request: HttpRequest, person: Person, *, factor: str) -> None:
    """``factor`` is the kind of it; empty where none is set up yet."""
    _record("staff.signed-in", person, request, actor=person, factor=factor)


def failed(person: Person | None, *, step: str) -> None:
    """A wrong password, code or key; of a name that is nobody's not even the name is kept."""
    counts = {f"staff-events:{person.pk if person else 0}": KEPT_OF_ONE, "staff-events": KEPT_OF_ALL}
    if all(limits.within(most, seconds=WINDOW, of=of) for of, most in counts.items()):
        _record("staff.sign-in-failed", person, context.request, step=step)


def _record(verb: str, person: Person | None, request: HttpRequest, **details: Any) -> None:
    audit.record(verb, person=person, address=visitor_address(request), **details)
