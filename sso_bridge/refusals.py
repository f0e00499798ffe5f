"""A refused hand-off: what is kept of it for the helpdesk, and the words for the visitor."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import audit, refusals
from accounts.models import Person
from accounts.references import new_reference
from sso_bridge.handoff import Code, Refused
from sso_bridge.models import Refusal

# Nobody fills the database by being refused: of one visitor's refusals with one code this many are kept in an hour, ...
KEPT_A_VISITOR = 10
# ... and this many of the newest NEWEST where no good signature says who was refused, wherever they come from.
KEPT_OF_STRANGERS = 400
NEWEST = 500
WINDOW = timedelta(hours=1)

WORDS: dict[Code, tuple[Promise, Promise]] = {
    Code.MALFORMED: (
        _("This link is damaged"),
        _("What arrived here is not a whole link from the campus information system. Perhaps a part of it was lost."),
    ),
    Code.UNKNOWN_KEY: (
        _("This link cannot be checked"),
        _("It is signed with a key that this portal does not know or no longer takes. You did nothing wrong."),
    ),
    Code.BAD_SIGNATURE: (
        _("This link has been changed"),
        _("Its signature does not fit what it says, so it cannot be trusted. Perhaps it was damaged on the way."),
    ),
    Code.WRONG_AUDIENCE: (
        _("This link is for another site"),
        _("The campus information system made it for somewhere else, not for this portal. You did nothing wrong."),
    ),
    Code.NOT_YET_VALID: (
        _("This link is dated in the future"),
        _("The clocks of the campus information system and of this portal do not agree. You did nothing wrong."),
    ),
    Code.LIFETIME: (
        _("This link would be good for too long"),
        _("For your safety this portal only takes links that are good for two minutes at most. You did nothing wrong."),
    ),
    Code.EXPIRED: (
        _("The link has expired"),
        _("A link from the campus information system is good for two minutes and for one sign-in. You did nothing wrong."),
    ),
    Code.IP_MISMATCH: (
        _("Your network address has changed"),
        _("So that nobody else can use your link, it works only from the address at which the campus saw you."),
    ),
    Code.REPLAYED: (
        _("This link has been used already"),
        _("Each link from the campus information system is good for one sign-in, so that nobody can use yours after you."),
    ),
    Code.ACCOUNT_CLOSED: (
        _("Your account here is closed"),
        _("The campus information system has sent you here correctly, but your account in this portal has been closed."),
    ),
}


def record(refused: Refused, address: str, now: datetime) -> str:
    """Keep the refusal; its reference. Above the limits nothing is kept, and the reference is the last like it or empty."""
    recent = [row for row in Refusal.objects.order_by("-pk")[:NEWEST] if row.happened_at > now - WINDOW]
    like = [row for row in recent if _likeness(row) == (address or None, refused.code, refused.subject)]
    strangers = [row for row in recent if not row.issuer]
    if len(like) >= KEPT_A_VISITOR or (not refused.issuer and len(strangers) >= KEPT_OF_STRANGERS):
        return like[0].reference if like else ""
    return _keep(refused, address or None)


def _likeness(row: Refusal) -> tuple[str | None, str, str]:
    return row.address, row.code, row.subject


@transaction.atomic
def _keep(refused: Refused, address: str | None) -> str:
    reference = new_reference("H")
    Refusal.objects.create(
        reference=reference, code=refused.code, address=address, issuer=refused.issuer, subject=refused.subject
    )
    # The audit log is for ever, so a stranger whom no signature vouches for does not get to write in it.
    if refused.issuer:
        audit.record(
            "handoff.refused",
            person=person_meant(refused),
            address=address,
            code=refused.code,
            reference=reference,
            number=refused.subject,
        )
    return reference


def person_meant(refused: Refused) -> Person | None:
    """The person whom the campus meant, where the portal has seen them before."""
    return _person(refused.subject)


def told(reference: str) -> refusals.Refusal | None:
    """What the helpdesk is told of a refusal, also of one of which the portal does not know whose it was."""
    row = Refusal.objects.filter(reference=reference).first()
    if row is None:
        return None
    heading, sentence = WORDS[Code(row.code)]
    person = _person(row.subject)
    return refusals.Refusal(
        reference=row.reference,
        when=row.happened_at,
        code=row.code,
        heading=str(heading),
        sentence=str(sentence),
        number=row.subject,
        person_id=person.pk if person else None,
    )


def _person(number: str) -> Person | None:
    return Person.objects.filter(source=Person.CAMPUS, subject=number).first() if number else None
