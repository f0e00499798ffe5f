"""The two languages: which one this browser reads, and which one this person chose for good."""

from typing import TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from accounts.models import Person

NAMES = [("zh-hant", "繁體中文"), ("en", "English")]
KNOWN = {code for code, _name in NAMES}

Response = TypeVar("Response", bound=HttpResponseBase)


def choose(request: HttpRequest, response: Response, language: str) -> Response:
    """Remember the language in the browser and, for somebody signed in, with the person."""
    if isinstance(request.user, Person):
        Person.objects.filter(pk=request.user.pk).update(language=language)
    return set_cookie(response, language)


def set_cookie(response: Response, language: str) -> Response:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
    return response
