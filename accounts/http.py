from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from accounts import paths
from accounts.models import Person


class SignedInRequest(HttpRequest):
    """A request behind LoginRequiredMiddleware: ``user`` is a person."""

    user: Person


def require_POST(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """As Django's own, with a page for whoever opens such an address; ``accounts.paths`` leads nobody to it."""

    @wraps(view)
    def posted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST":
            return view(request, *args, **kwargs)
        response = render(request, "405.html", {"way_on": paths.own_path(request.path) or "/"}, status=405)
        response["Allow"] = "POST"
        return response

    setattr(posted, paths.POST_ONLY, True)
    return posted
