from django.http import HttpRequest

from accounts.models import Person


class SignedInRequest(HttpRequest):
    """A request behind LoginRequiredMiddleware: ``user`` is a person."""

    user: Person
