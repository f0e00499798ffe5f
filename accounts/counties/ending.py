"""Who came in by a linked account is in only as long as it is linked."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from accounts.counties import ways
from accounts.models import Person
from accounts.signing_in import WAY

LINKED = "linked"  # what a session has that was begun by a linked account


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """End such a session before anything is done for it; it costs nothing where somebody came by their own account."""

    def ending(request: HttpRequest) -> HttpResponse:
        linked = settings.SESSION_COOKIE_NAME in request.COOKIES and LINKED in request.session
        if linked and isinstance(request.user, Person) and not ways.is_linked(request.user, request.session[WAY]):
            logout(request)
        return get_response(request)

    return ending
