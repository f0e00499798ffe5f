"""Many mailboxes suspended, or suspensions lifted: first a list of what would happen, then each on its own."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.listing import is_row_number
from accounts.models import Person
from mailboxes import states
from mailboxes.models import Mailbox
from mailboxes.provisioning.life import services
from mailboxes.reviewing.life.deeds import DEEDS, needs_new_password, stamp_of, told_who

MOST = 500  # each is a transaction of a few milliseconds, and the administrator waits for all of them
ACTIONS = ("suspend", "lift")


class TooMany(Exception):
    """More than ``MOST`` at once; the text is a sentence in the reader's language."""


@dataclass(frozen=True)
class Plan:
    """What would happen to one mailbox, in words; ``able`` is False where nothing would."""

    mailbox: Mailbox
    able: bool
    words: str


def chosen(rows: QuerySet[Mailbox]) -> list[Mailbox]:
    """These rows, by address; TooMany."""
    found = list(rows.select_related("service", "person").order_by("local_part", "pk")[: MOST + 1])
    if len(found) > MOST:
        raise TooMany(_("At most %(most)s mailboxes go at once. Nothing was changed.") % {"most": MOST})
    return found


def numbered(numbers: Iterable[str]) -> list[Mailbox]:
    """Those with these numbers; what is none is left out. TooMany."""
    ids = {int(number) for number in numbers if is_row_number(number)}
    return chosen(Mailbox.objects.filter(pk__in=ids))


def plan(action: str, mailbox: Mailbox, *, stamp: str, actor: Person) -> Plan:
    """``action`` is one of ``ACTIONS``; ``stamp`` is of the mailbox as it was listed, and only to that something is done."""
    if stamp != stamp_of(mailbox):
        return Plan(mailbox, False, told_who(mailbox))
    state = {"state": mailbox.get_state_display()}
    if mailbox.person_id == actor.pk:
        return Plan(mailbox, False, _("Nothing: it is your own, so somebody else decides."))
    if not DEEDS[action].fits(mailbox):
        return Plan(mailbox, False, _("Nothing, in its state (%(state)s).") % state)
    if action == "suspend":
        return Plan(mailbox, True, _("It is suspended."))
    if needs_new_password(mailbox):
        return Plan(mailbox, False, _("Nothing: its owner has set no new password since somebody else used it."))
    return Plan(mailbox, True, _("The suspension is lifted."))


def do(
    action: str, rows: Sequence[Mailbox], *, stamps: Mapping[str, str], actor: Person, now: datetime, **said: str
) -> list[Plan]:
    """Do it to those that stand as they were listed; ``said`` is of ``BulkSuspendForm``.

    What comes back are the others, each with why it is left as it is.
    """
    left = []
    for mailbox in rows:
        one = plan(action, mailbox, stamp=stamps.get(str(mailbox.pk), ""), actor=actor)
        if not one.able:
            left.append(one)
            continue
        try:
            if action == "suspend":
                reason = said["reason_en" if mailbox.person.language == "en" else "reason_zh"]
                services.suspend(mailbox, cause=said["cause"], reason=reason, actor=actor, now=now)
            else:
                services.lift(mailbox, actor=actor, now=now)
        except states.NotAllowed:
            left.append(Plan(mailbox, False, told_who(mailbox)))
    return left
