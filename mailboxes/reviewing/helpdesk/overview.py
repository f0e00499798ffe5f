"""What stands beside the timeline: mailboxes, applications, letters, contact addresses; nothing of it secret."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts import conditions
from accounts.letters import rendering
from accounts.models import Letter, Person
from mailboxes.models import Application, Mailbox
from mailboxes.reviewing.helpdesk.masking import masked

MOST = 20  # of each


@dataclass(frozen=True)
class Sent:
    """A letter as the helpdesk sees it: what it is about, to whom by half, and what became of it."""

    letter: Letter
    subject: str
    to: str
    trouble: str


def of(person: Person) -> dict[str, Any]:
    """For the page of the person; five queries."""
    boxes = list(Mailbox.objects.filter(person=person).select_related("service").order_by("pk")[:MOST])
    applications = Application.objects.filter(person=person).select_related("service", "mailbox").order_by("-pk")
    letters = Letter.objects.filter(person=person).select_related("person").order_by("-pk")[:MOST]
    return {
        "condition_words": conditions.in_words(person.condition),
        "boxes": boxes,
        "applications": applications[:MOST],
        "letters": [_sent(letter, {box.address for box in boxes}) for letter in letters],
        "contacts": [_contact(row) for row in person.contacts.filter(removed_at=None)],
    }


def _sent(letter: Letter, own: set[str]) -> Sent:
    to = letter.to if letter.to in own else masked(letter.to)
    return Sent(letter, rendering.subject(letter), to, masked(letter.last_error))


def _contact(row: Any) -> str:
    return masked(row.address) if row.verified_at else _("%(address)s, not confirmed") % {"address": masked(row.address)}
