"""One decision about many applications: first a list of what would happen, then each on its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import Person
from mailboxes import states
from mailboxes.models import ReviewCase
from mailboxes.reviewing import desk
from mailboxes.reviewing.queue import WAITING

MOST = 500  # each is a transaction of a few milliseconds, and the reviewer waits for all of them
LISTED = 50  # at first; the others unfold


class TooMany(Exception):
    """More than ``MOST`` at once; the text is a sentence in the reader's language."""


@dataclass(frozen=True)
class Plan:
    """What would happen to one application, in words; ``able`` is False where nothing would."""

    case: ReviewCase
    able: bool
    words: str


def chosen(numbers: Sequence[str]) -> list[ReviewCase]:
    """The applications with these numbers, oldest first; what is no number is left out. TooMany."""
    ids = {int(number) for number in numbers if number.isascii() and number.isdigit() and len(number) < 19}
    if len(ids) > MOST:
        raise TooMany(
            _("You have chosen %(count)s applications, and at most %(most)s go at once. Nothing was changed.")
            % {"count": len(ids), "most": MOST}
        )
    rows = ReviewCase.objects.filter(pk__in=ids).select_related("person", "service", "mailbox")
    return list(rows.order_by("queued_at", "pk"))


def plans(action: str, cases: Sequence[ReviewCase], *, actor: Person) -> list[Plan]:
    """Of each of them, and first of those to which nothing would happen: they are what a reviewer has to see."""
    return sorted((plan(action, case, actor=actor) for case in cases), key=lambda each: each.able)


def plan(action: str, case: ReviewCase, *, actor: Person) -> Plan:
    """``action`` is ``approve`` or ``reject``."""
    if case.state not in WAITING:
        return Plan(case, False, _("Nothing: it is decided already (%(state)s).") % {"state": case.get_state_display()})
    if case.person_id == actor.pk:
        return Plan(case, False, _("Nothing: it is your own, so somebody else decides."))
    if action == "approve":
        if case.mailbox is None:
            return Plan(case, False, _("Nothing: it has no name yet. Offer names on its own page."))
        return Plan(case, True, _("The mailbox %(address)s is opened.") % {"address": case.mailbox.address})
    if case.mailbox is None:
        return Plan(case, True, _("It is rejected."))
    return Plan(case, True, _("It is rejected, and %(address)s is not opened.") % {"address": case.mailbox.address})


def decide(
    action: str, rows: Sequence[ReviewCase], *, actor: Person, now: datetime, reason_zh: str = "", reason_en: str = ""
) -> dict[str, int]:
    """How many it was ``done`` to, and how many are ``left``, as decided by somebody else or without a name."""
    done = 0
    for case in rows:
        try:
            if action == "approve":
                desk.approve(case, actor=actor, now=now)
            else:
                reason = reason_en if case.person.language == "en" else reason_zh
                desk.reject(case, actor=actor, now=now, reason=reason)
        except states.NotAllowed:
            continue
        done += 1
    return {"done": done, "left": len(rows) - done}
