"""Who came in by a linked account is in only as long as it is linked."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from accounts.counties import ways
from accounts.models import Person
from accounts.signing_in import WAY


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """End such a session before anything is done for it; it costs a query where somebody came by a second way."""

    def ending(request: HttpRequest) -> HttpResponse:
        way: str = request.session.get(WAY, "") if settings.SESSION_COOKIE_NAME in request.COOKIES else ""
        if way.startswith("county:") and isinstance(request.user, Person) and not ways.leads_to(request.user, way):
            logout(request)
        return get_response(request)

    return ending
