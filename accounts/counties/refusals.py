"""A sign-in with a county that came to nothing: why, what is kept of it for the helpdesk, and the words for the visitor."""

import logging
from enum import Enum

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import audit, limits, refusals
from accounts.addresses import visitor_address
from accounts.counties.registry import County
from accounts.models import AuditEvent, Person
from accounts.references import new_reference

logger = logging.getLogger(__name__)

# Nobody fills the audit log by being refused: so many events are kept in an hour, of one visitor and of all together.
KEPT_A_VISITOR = 10
KEPT_OF_ALL = 400
WINDOW = 3600  # seconds


class Kind(Enum):
    """What a visitor has to be told: the heading and the sentence of their page."""

    UNREACHABLE = (
        _("The sign-in of your county or city does not answer"),
        _("Its server is out of reach, too slow or out of order at this moment. You did nothing wrong."),
    )
    BUSY = (
        _("The sign-in of your county or city is very slow at this moment"),
        _("So many people are waiting for it, or for another one, that no more can wait. Try again in a minute."),
    )
    UNTRUSTED = (
        _("The answer of your county or city cannot be trusted"),
        _("What its server sent does not fit together, so nobody was signed in with it. You did nothing wrong."),
    )
    DECLINED = (
        _("You have not been signed in"),
        _("Your county or city says that the sign-in was broken off there, or that you did not agree to hand on your data."),
    )
    MISCONFIGURED = (
        _("Your county or city does not take sign-ins for this portal"),
        _("Its server refused the portal, not you. Somebody has to set that right; trying again does not help."),
    )
    LOST = (
        _("This sign-in has been lost"),
        _("It took longer than ten minutes, was used already, or was begun in another browser or without cookies."),
    )
    NO_NAME = (
        _("Your county or city did not send your name"),
        _("A mailbox belongs to somebody with a name, so nothing was made for you. Your school can correct the record."),
    )
    OFF = (
        _("This county or city is not open"),
        _("Signing in with it is switched off at present, or was never possible here."),
    )
    CLOSED = (
        _("Your account here is closed"),
        _("Your county or city has sent you here correctly, but your account in this portal has been closed."),
    )
    TAKEN = (
        _("That county account belongs to somebody else here"),
        _("Somebody has signed in with it before, so it cannot become a second way in for you."),
    )


# RFC 6749 section 4.1.2.1 and OpenID Connect Core 1.0 section 3.1.2.6: every error that a provider may send back.
ERRORS = {
    "access_denied": Kind.DECLINED,
    "login_required": Kind.DECLINED,
    "interaction_required": Kind.DECLINED,
    "account_selection_required": Kind.DECLINED,
    "consent_required": Kind.DECLINED,
    "server_error": Kind.UNREACHABLE,
    "temporarily_unavailable": Kind.UNREACHABLE,
    "invalid_request": Kind.MISCONFIGURED,
    "unauthorized_client": Kind.MISCONFIGURED,
    "unsupported_response_type": Kind.MISCONFIGURED,
    "invalid_scope": Kind.MISCONFIGURED,
    "invalid_request_uri": Kind.MISCONFIGURED,
    "invalid_request_object": Kind.MISCONFIGURED,
    "request_not_supported": Kind.MISCONFIGURED,
    "request_uri_not_supported": Kind.MISCONFIGURED,
    "registration_not_supported": Kind.MISCONFIGURED,
}


class Refused(Exception):
    """``code`` is what the visitor reads out and the log holds: a word of ours, never a text of the provider's."""

    def __init__(self, kind: Kind, code: str) -> None:
        super().__init__(code)
        self.kind = kind
        self.code = code

    @property
    def heading(self) -> Promise:
        heading: Promise = self.kind.value[0]
        return heading

    @property
    def sentence(self) -> Promise:
        sentence: Promise = self.kind.value[1]
        return sentence


def by_error(error: str) -> Refused:
    """For the ``error`` that came back in the address: one of the standard's, or whatever somebody wrote there."""
    if error in ERRORS:
        return Refused(ERRORS[error], error.replace("_", "-"))
    return Refused(Kind.MISCONFIGURED, "unknown-error")


def record(request: HttpRequest, county: County | None, refused: Refused, person: Person | None = None) -> str:
    """Write it down; its reference, or empty above the limits."""
    address = visitor_address(request)
    name = county.code if county else ""
    logger.info("sign-in with county %r from %s refused: %s", name, address, refused.code)
    if not (
        limits.within(KEPT_A_VISITOR, seconds=WINDOW, of=f"county-refusals:{address}")
        and limits.within(KEPT_OF_ALL, seconds=WINDOW, of="county-refusals")
    ):
        return ""
    reference = new_reference("C")
    audit.record("county.refused", person=person, address=address, county=name, code=refused.code, reference=reference)
    return reference


def told(reference: str) -> refusals.Refusal | None:
    """What the helpdesk is told of a refusal; the events are all that is kept of it."""
    event = AuditEvent.objects.filter(verb="county.refused", details__reference=reference).first()
    if event is None:
        return None
    return refusals.Refusal(
        reference=reference,
        when=event.happened_at,
        code=event.details["code"],
        heading=_("A sign-in with a county or city was refused"),
        sentence=_("The page of the visitor says why, in words. What the county or city itself wrote is not kept."),
        number="",
        person_id=event.person_id,
    )
