"""Who comes second: a form and a list say which state they show, and whoever posts an outdated one is told who was first."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import AuditEvent

NAMED = 10  # of those that were left as they are, one by one


def stamps_in(text: str) -> dict[str, str]:
    """By number of the row, the stamps as the page of a list sent them back: ``number:stamp``, with spaces between."""
    return {number: stamp for number, _colon, stamp in (pair.partition(":") for pair in text.split())}


def was_first(last: AuditEvent | None) -> str:
    """By the newest event of what somebody was about to change."""
    if last is None or last.actor is None:
        return _("Something has changed since you opened this page. Nothing of yours was done; this is how it stands now.")
    who = last.actor.name or last.actor.subject
    facts = {"who": who, "when": timezone.localtime(last.happened_at).strftime("%Y-%m-%d %H:%M:%S")}
    return _("%(who)s was first, at %(when)s. Nothing of yours was done; this is how it stands now.") % facts


def tell(request: HttpRequest, *, chosen: int, left: Sequence[tuple[str, str]]) -> None:
    """To how many it was done; ``left`` are what the others are called, and why they are left as they are."""
    facts = {"done": chosen - len(left), "left": len(left)}
    messages.success(request, _("Done: %(done)s. Left as they are: %(left)s.") % facts)
    for what, why in left[:NAMED]:
        messages.warning(request, _("Left: %(what)s. %(why)s") % {"what": what, "why": why})
