from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from accounts import audit
from accounts.addresses import visitor_address
from accounts.http import SignedInRequest
from accounts.staff import factors, gate

View = Callable[..., HttpResponse]


def guarded(view: View) -> View:
    """One of allauth's pages about one's own factors: for the staff, after the factor if there is one, with an event.

    Whoever has none yet sets the first one up after the password alone; that session has then shown it.
    """

    @never_cache
    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        person = cast(SignedInRequest, request).user
        if not person.is_staff:
            raise PermissionDenied
        before = factors.of(person)
        if not before:
            gate.begin(request)  # here, for allauth's form sets an end of its own after the password
        if before and not gate.was_shown(request):
            logout(request)
            return redirect("account_login")
        with transaction.atomic():
            response = view(request, *args, **kwargs)
            after = factors.of(person)
            if after != before:
                address = visitor_address(request)
                audit.record(
                    "staff.factors-changed", person=person, actor=person, address=address, before=before, after=after
                )
        if after and not before:
            gate.mark(request)
        return response

    return page
