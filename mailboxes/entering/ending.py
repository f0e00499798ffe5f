"""Who came in by a mailbox is in only as long as that mailbox and that password let its owner in.

So a stolen password opens nothing longer than it is the password: a new one, “end all sessions”, a suspension and a closing
each begin an era of the mailbox, and the sessions of the era before are over, also where a suspension was lifted meanwhile.
"""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from mailboxes import sessions, shelf


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """End such a session before anything is done for it."""

    def ending(request: HttpRequest) -> HttpResponse:
        address = sessions.address_of(request) if settings.SESSION_COOKIE_NAME in request.COOKIES else ""
        if address and not _goes_on(request, address):
            logout(request)
            vars(request).pop("shelf", None)
        return get_response(request)

    return ending


def _goes_on(request: HttpRequest, address: str) -> bool:
    mine = (slot.mailbox for slot in shelf.on(request) if slot.mailbox)
    return any(mailbox.address == address and sessions.is_of(request, mailbox) for mailbox in mine)
