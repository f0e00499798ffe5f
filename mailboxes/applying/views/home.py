from urllib.parse import urlsplit

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import resolve
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import conditions, landing
from accounts.counties import registry
from accounts.http import SignedInRequest
from mailboxes import shelf
from mailboxes.models import Application


@never_cache
@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    """The person as their source sent them, and what that allows; or the page that they were at when their session ended."""
    if not request.user.number and request.user.is_staff:
        return redirect("admin:index")
    if path := landing.remembered(request):
        return landing.forget(redirect(path if _is_for(request, path) else "home"))
    return render(
        request,
        "mailboxes/home.html",
        {
            "slots": shelf.whole([slot for slot in shelf.on(request) if slot.meant_for_them]),
            "county": registry.of_source(request.user.source),
            "condition_words": conditions.in_words(request.user.condition),
            "deciding_office": conditions.office_for(request.user.category),
        },
    )


def _is_for(request: SignedInRequest, path: str) -> bool:
    """Not the application of whoever was at this browser before."""
    reference = resolve(urlsplit(path).path).kwargs.get("reference")
    return reference is None or Application.objects.filter(reference=reference, person=request.user).exists()
