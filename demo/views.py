import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode, urljoin

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from demo import settings
from demo.failing import FAILURES, PortalSilent
from demo.letters import newest
from demo.people import EVERYBODY, SESSION_KEY, Person, of_session
from demo.staff import staff
from demo.tokens import LIFETIME, claims, sign

Rest = ParamSpec("Rest")
HANDOFF = urljoin(settings.PORTAL_URL, "/sso/handoff/")


def for_person(
    view: Callable[Concatenate[HttpRequest, Person, Rest], HttpResponse],
) -> Callable[Concatenate[HttpRequest, Rest], HttpResponse]:
    """The view gets the person who is signed in; anybody else is asked who they are."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        person = of_session(request)
        return view(request, person, *args, **kwargs) if person else redirect("home")

    return guarded


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "home.html") if of_session(request) else people(request)


@never_cache
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    return render(request, "people.html", {"everybody": EVERYBODY.values()})


@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    number = request.POST.get("number", "")
    if number not in EVERYBODY:
        raise Http404("nobody of that number")
    request.session.flush()
    request.session[SESSION_KEY] = number
    return redirect("home")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    request.session.flush()
    return redirect("home")


@never_cache
@require_safe
@for_person
def online_services(request: HttpRequest, person: Person) -> HttpResponse:
    """Each view of this page is a new link, as each click on the menu item is in the real one."""
    now = int(time.time())
    told = claims(person, [request.META["REMOTE_ADDR"]], now)
    token = sign(told)
    context = {
        "action": HANDOFF,
        "token": token,
        "link": f"{HANDOFF}?{urlencode({'token': token})}",
        "told": {name: json.dumps(value, ensure_ascii=False) for name, value in told.items()},
        "seconds": LIFETIME,
        "good_until": datetime.fromtimestamp(now + LIFETIME, UTC),
    }
    return render(request, "online_services.html", context)


@never_cache
@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    """For everybody who tries the demo: a letter may be to somebody whom the campus does not know."""
    return render(request, "letters.html", {"letters": newest(settings.LETTERS_DIR)})


@never_cache
@require_safe
@for_person
def failing_links(request: HttpRequest, person: Person) -> HttpResponse:
    return render(request, "failing.html", {"failures": FAILURES})


@never_cache
@require_POST
@for_person
def fail(request: HttpRequest, person: Person, code: str) -> HttpResponse:
    """Made at the click, so that the page may stay open as long as one likes and only the intended thing is wrong."""
    failure = next((failure for failure in FAILURES if failure.code == code), None)
    if failure is None:
        raise Http404("no such failing link")
    try:
        token = failure.make(person, request.META["REMOTE_ADDR"], int(time.time()))
    except PortalSilent as error:
        return render(request, "portal_silent.html", {"portal": settings.PORTAL_URL, "reason": error}, status=502)
    return redirect(f"{HANDOFF}?{urlencode({'token': token})}")


@never_cache
@require_safe
def staff_page(request: HttpRequest) -> HttpResponse:
    administration = urljoin(settings.PORTAL_URL, "/admin/")
    return render(request, "staff.html", {"staff": staff(settings.STAFF_DIR), "administration": administration})
