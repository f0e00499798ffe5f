"""From the choice of a county to its provider, and back."""

from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base.constants import AuthProcess
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.addresses import visitor_address
from accounts.counties import registry, ways
from accounts.counties.provider import CountyCallbackView, CountyOAuth2Adapter
from accounts.counties.refusals import Kind, Refused, record
from accounts.counties.registry import County
from accounts.http import SignedInRequest
from accounts.models import Person
from accounts.signing_in import MAILBOX, way_of

COOKIE = "county"
DAYS = 365


@login_not_required
@never_cache
@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """The counties that are on; the one that this browser took last stands first."""
    return render(request, "accounts/counties.html", {"counties": _listed(request)})


@login_not_required
@never_cache
@require_safe
def start(request: HttpRequest, code: str) -> HttpResponse:
    """On to the county's own sign-in."""
    try:
        address = _address_there(request, code, AuthProcess.LOGIN)
    except Refused as refused:
        return _refusal(request, code, refused)
    return _remember(HttpResponse(status=302, headers={"Location": address}), code)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_way(request: SignedInRequest) -> HttpResponse:
    """Link a county account. A POST, so that no other site can begin it; and then a link, for the site's content security
    policy lets no form end at another site's address."""
    if way_of(request).startswith(MAILBOX):  # a stolen password must open nothing that outlives it
        return render(request, "accounts/county_link.html", {"by_mailbox": True}, status=403)
    if request.method != "POST":
        return render(request, "accounts/county_link.html", {"counties": _listed(request)})
    code = request.POST.get("county", "")
    try:
        address = _address_there(request, code, AuthProcess.CONNECT, data=request.user.pk)
    except Refused as refused:
        return _refusal(request, code, refused)
    return render(request, "accounts/county_link.html", {"county": registry.by_code(code), "address": address})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def remove_way(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask whether a linked account is to go, and let it go."""
    current = way_of(request)
    if request.method == "POST":
        try:
            ways.remove(request.user, pk, current=current, address=visitor_address(request))
            return redirect("configure")
        except ways.Kept:
            pass
    way = ways.one_of(request.user, pk, current)
    return render(request, "accounts/county_unlink.html", {"way": way}, status=409 if way.kept_because else 200)


@login_not_required
@never_cache
@require_safe
def callback(request: HttpRequest, code: str) -> HttpResponse:
    """Where the county sends people back to."""
    try:
        county = _county(code)
        view = CountyCallbackView.adapter_view(CountyOAuth2Adapter(request, county))
        response: HttpResponse = view(request)
    except Refused as refused:
        return _refusal(request, code, refused)
    response["Referrer-Policy"] = "no-referrer"  # this address has the code in it
    return response


def _county(code: str) -> County:
    county = registry.by_code(code)
    if county is None:
        if code not in {one.code for one in settings.COUNTIES}:
            raise Http404
        raise Refused(Kind.OFF, "county-off")
    return county


def _address_there(request: HttpRequest, code: str, process: str, data: int | None = None) -> str:
    county = _county(code)
    provider = get_adapter(request).get_provider(request, county.code)
    session = request.session
    response: HttpResponse = provider.redirect(request, process, data=data)
    request.session = session  # allauth has saved it, and put one in its place that would be read anew
    return response["Location"]


def _listed(request: HttpRequest) -> list[County]:
    counties = registry.switched_on()
    if not counties:
        raise Http404
    last = request.COOKIES.get(COOKIE)
    return sorted(counties, key=lambda county: county.code != last)


def _remember(response: HttpResponse, code: str) -> HttpResponse:
    response.set_cookie(
        COOKIE, code, max_age=DAYS * 24 * 3600, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
    return response


def _refusal(request: HttpRequest, code: str, refused: Refused) -> HttpResponse:
    county = next((one for one in settings.COUNTIES if one.code == code), None)
    person = request.user if isinstance(request.user, Person) else None
    page: dict[str, Any] = {
        "county": county,
        "heading": refused.heading,
        "sentence": refused.sentence,
        "kind": refused.kind.name,
        "code": refused.code,
        "reference": record(request, county, refused, person),
    }
    return render(request, "accounts/county_refused.html", page, status=403)
