"""Sessions of the portal that were begun with a mailbox's password: each belongs to the era that the mailbox was in."""

from django.http import HttpRequest

from accounts.signing_in import MAILBOX, WAY, sign_in
from mailboxes.models import Mailbox

ERA = "era"


def begin(request: HttpRequest, mailbox: Mailbox) -> None:
    """Of the era in which the mailbox was read, before its password was tried; inside a transaction."""
    sign_in(request, mailbox.person, way=MAILBOX + mailbox.address, **{ERA: mailbox.era})


def address_of(request: HttpRequest) -> str:
    """The mailbox whose password began the request's session; empty where it was begun otherwise."""
    way: str = request.session.get(WAY, "")
    return way.removeprefix(MAILBOX) if way.startswith(MAILBOX) else ""


def is_of(request: HttpRequest, mailbox: Mailbox) -> bool:
    """Whether the mailbox still lets in the session that its password began."""
    return mailbox.is_in_use and request.session.get(ERA, 0) == mailbox.era


def carry_over(request: HttpRequest, mailbox: Mailbox) -> None:
    """Take the session along into the era that it has just begun, in the same transaction; all others end.

    Not where somebody else began one at the same moment: then this one may be the stranger's.
    """
    if address_of(request) != mailbox.address:
        return
    mailbox.refresh_from_db(fields=["era"])
    if request.session.get(ERA, 0) == mailbox.era - 1:
        request.session[ERA] = mailbox.era
