"""Who came in by a mailbox is in only as long as that mailbox lets its owner in: a stolen password opens nothing longer."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from accounts.signing_in import WAY
from mailboxes import shelf

DOOR = "mailbox:"


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """End such a session before anything is done for it."""

    def ending(request: HttpRequest) -> HttpResponse:
        way = request.session.get(WAY, "") if settings.SESSION_COOKIE_NAME in request.COOKIES else ""
        if way.startswith(DOOR) and not _is_in_use(request, way.removeprefix(DOOR)):
            logout(request)
            vars(request).pop("shelf", None)
        return get_response(request)

    return ending


def _is_in_use(request: HttpRequest, address: str) -> bool:
    mine = (slot.mailbox for slot in shelf.on(request) if slot.mailbox)
    return any(mailbox.address == address and mailbox.is_in_use for mailbox in mine)
