"""Many mailboxes suspended, or suspensions lifted: first a list of what would happen, then each on its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Person
from mailboxes import states
from mailboxes.models import Mailbox
from mailboxes.provisioning.life import services
from mailboxes.reviewing.life.deeds import DEEDS, needs_new_password

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


def numbered(text: str) -> list[Mailbox]:
    """Those with the numbers in the text, as the page sent them."""
    ids = {int(number) for number in text.split() if number.isascii() and number.isdigit() and len(number) < 19}
    return chosen(Mailbox.objects.filter(pk__in=ids))


def plan(action: str, mailbox: Mailbox, *, actor: Person) -> Plan:
    """``action`` is one of ``ACTIONS``."""
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


def do(action: str, rows: Sequence[Mailbox], *, actor: Person, now: datetime, **said: str) -> dict[str, int]:
    """How many it was ``done`` to, and how many are ``left``; ``said`` is of ``BulkSuspendForm``."""
    done = 0
    for mailbox in rows:
        try:
            if action == "suspend":
                reason = said["reason_en" if mailbox.person.language == "en" else "reason_zh"]
                services.suspend(mailbox, cause=said["cause"], reason=reason, actor=actor, now=now)
            else:
                services.lift(mailbox, actor=actor, now=now)
        except states.NotAllowed:
            continue
        done += 1
    return {"done": done, "left": len(rows) - done}
