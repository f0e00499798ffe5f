"""One decision about many applications: first a list of what would happen, then each on its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.listing import is_row_number
from accounts.models import Person
from mailboxes import eligibility, states
from mailboxes.models import ReviewCase
from mailboxes.reviewing import desk
from mailboxes.reviewing.decisions import stamp_of, told_who
from mailboxes.reviewing.queue import WAITING

MOST = 500  # each is a transaction of a few milliseconds, and the reviewer waits for all of them
LISTED = 50  # at first; the others unfold


class TooMany(Exception):
    """More than ``MOST`` at once; the text is a sentence in the reader's language."""


@dataclass(frozen=True)
class Plan:
    """What would happen to one application, in words; ``able`` is False where nothing would.

    ``caution`` is what to look at before.
    """

    case: ReviewCase
    able: bool
    words: str
    caution: str = ""


def chosen(numbers: Sequence[str]) -> list[ReviewCase]:
    """The applications with these numbers, oldest first; what is no number is left out. TooMany."""
    ids = {int(number) for number in numbers if is_row_number(number)}
    if len(ids) > MOST:
        raise TooMany(
            _("You have chosen %(count)s applications, and at most %(most)s go at once. Nothing was changed.")
            % {"count": len(ids), "most": MOST}
        )
    rows = ReviewCase.objects.filter(pk__in=ids).select_related("person", "service", "mailbox")
    return list(rows.prefetch_related("remarks").order_by("queued_at", "pk"))


def plans(action: str, cases: Sequence[ReviewCase], *, stamps: Mapping[str, str], actor: Person) -> list[Plan]:
    """Of each of them; first what a reviewer has to see: those to which nothing would happen, then those with a caution."""
    found = (plan(action, case, stamp=stamps.get(str(case.pk), ""), actor=actor) for case in cases)
    return sorted(found, key=lambda each: (each.able, not each.caution))


def plan(action: str, case: ReviewCase, *, stamp: str, actor: Person) -> Plan:
    """``action`` is ``approve`` or ``reject``; ``stamp`` is of the application as listed, and only that is decided."""
    if stamp != stamp_of(case):
        return Plan(case, False, told_who(case))
    if case.state not in WAITING:
        return Plan(case, False, _("Nothing: it is decided already (%(state)s).") % {"state": case.get_state_display()})
    if case.person_id == actor.pk:
        return Plan(case, False, _("Nothing: it is your own, so somebody else decides."))
    if action == "approve":
        if case.mailbox is None:
            return Plan(case, False, _("Nothing: it has no name yet. Offer names on its own page."))
        opened = _("The mailbox %(address)s is opened.") % {"address": case.mailbox.address}
        if eligibility.is_entitled(case.service, case.person):
            return Plan(case, True, opened)
        left = _("The condition of the applicant (%(condition)s) does not allow this service.")
        return Plan(case, True, opened, left % {"condition": case.person.condition or "–"})
    if case.mailbox is None:
        return Plan(case, True, _("It is rejected."))
    return Plan(case, True, _("It is rejected, and %(address)s is not opened.") % {"address": case.mailbox.address})


def decide(
    action: str,
    rows: Sequence[ReviewCase],
    *,
    stamps: Mapping[str, str],
    actor: Person,
    now: datetime,
    reason_zh: str = "",
    reason_en: str = "",
) -> list[Plan]:
    """Do it to those that stand as they were listed; what comes back are the others, each with why it is left as it is."""
    left = []
    for one in plans(action, rows, stamps=stamps, actor=actor):
        if not one.able:
            left.append(one)
            continue
        case = one.case
        try:
            if action == "approve":
                desk.approve(case, actor=actor, now=now)
            else:
                reason = reason_en if case.person.language == "en" else reason_zh
                desk.reject(case, actor=actor, now=now, reason=reason)
        except states.NotAllowed:
            left.append(Plan(case, False, told_who(case)))
    return left
