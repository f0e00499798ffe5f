"""The door from the campus. A POST verifies, spends and signs in; a GET hands the token on to the visitor's own click."""

import logging
import time

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import audit, languages
from accounts.addresses import visitor_address
from accounts.models import Person
from accounts.paths import own_path
from accounts.people import PersonData, bring_up_to_date
from accounts.signing_in import sign_in
from sso_bridge import keys, refusals
from sso_bridge.claims import Claims
from sso_bridge.handoff import LONGEST_TOKEN, Code, Refused, verify
from sso_bridge.ledger import spend

logger = logging.getLogger(__name__)

TEMPLATES = {Code.EXPIRED: "sso_bridge/expired.html", Code.IP_MISMATCH: "sso_bridge/ip_mismatch.html"}


@login_not_required
@csrf_exempt  # the campus's own page posts here; the signed, address-bound, one-time token is the proof
@sensitive_post_parameters("token")
@require_http_methods(["GET", "HEAD", "POST"])
def handoff(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        response = _receive(request)
    else:
        response = _hand_on(request)
        response["Referrer-Policy"] = "no-referrer"  # this address has the token in it
    response["Cache-Control"] = "no-store"
    return response


def _hand_on(request: HttpRequest) -> HttpResponse:
    """A page that posts the token back: mail scanners, previews and prefetch fetch links, but press no button."""
    token = request.GET.get("token", "")
    if not token or len(token.encode()) > LONGEST_TOKEN:
        return _refusal(request, Refused(Code.MALFORMED), visitor_address(request))
    return render(request, "sso_bridge/handoff.html", {"token": token, "next": request.GET.get("next", "")})


def _receive(request: HttpRequest) -> HttpResponse:
    address = visitor_address(request)
    try:
        claims = verify(
            request.POST.get("token", "").encode(),
            keys=keys.current(),
            audience=settings.HANDOFF_AUDIENCE,
            skew=settings.HANDOFF_SKEW,
            now=int(time.time()),
            address=address,
        )
        person = _let_in(request, claims, address)
    except Refused as refused:
        return _refusal(request, refused, address)
    logger.info("person %s signed in from %s by a token of %s", person.pk, address, claims.iss)
    response = HttpResponseRedirect(own_path(request.POST.get("next", "")) or reverse("home"), status=303)
    return languages.set_cookie(response, person.language) if person.language in languages.KNOWN else response


@transaction.atomic
def _let_in(request: HttpRequest, claims: Claims, address: str) -> Person:
    """Token, person, session and event in one transaction: either the token is spent and they are in, or nothing has
    happened."""
    spend(claims)
    person = bring_up_to_date(
        PersonData(
            source=Person.CAMPUS,
            subject=claims.sub,
            number=claims.sub,
            name=claims.name,
            passport_name=claims.name_en,
            category=claims.category,
            condition=claims.condition,
            unit=claims.unit or "",
            entry_year=claims.entry_year,
            language=claims.lang or "",
        )
    )
    if not person.is_active:
        raise Refused(Code.ACCOUNT_CLOSED, issuer=claims.iss, subject=claims.sub)
    sign_in(request, person, way=person.username)
    audit.record("handoff.signed-in", person=person, actor=person, address=address, issuer=claims.iss)
    return person


def _refusal(request: HttpRequest, refused: Refused, address: str) -> HttpResponse:
    heading, sentence = refusals.WORDS[refused.code]
    return render(
        request,
        TEMPLATES.get(refused.code, "sso_bridge/refused.html"),
        {
            "code": refused.code.value,
            "reference": refusals.record(refused, address, timezone.now()),
            "heading": heading,
            "sentence": sentence,
            "address": address,
            # Pressed twice, or came back by the Back button: there is nothing left for them to do.
            "is_in_already": refused.code == Code.REPLAYED and request.user == refusals.person_meant(refused),
        },
        status=400 if refused.code == Code.MALFORMED else 403,
    )
