"""Where somebody was going when their session had ended, so that a new hand-off brings them back to the same step."""

from typing import TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from accounts.paths import own_path

COOKIE = "next"
MINUTES = 30

Response = TypeVar("Response", bound=HttpResponseBase)


def remember(response: Response, path: str) -> Response:
    """Keep a path of this site in a cookie for half an hour; any other is not kept."""
    if own_path(path):
        response.set_cookie(
            COOKIE, path, max_age=MINUTES * 60, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )
    return response


def remembered(request: HttpRequest) -> str | None:
    return own_path(request.COOKIES.get(COOKIE, ""))


def forget(response: Response) -> Response:
    response.delete_cookie(COOKIE)
    return response
