"""What comes of a good answer of a county: somebody is signed in, or has a second way in. All of it, or nothing."""

import logging
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language

from accounts import audit, languages
from accounts.addresses import visitor_address
from accounts.counties import ending, ways
from accounts.counties.claims import person_data
from accounts.counties.refusals import Kind, Refused
from accounts.counties.registry import County
from accounts.models import Person
from accounts.people import PersonData, bring_up_to_date, hold_account, take_county_facts
from accounts.signing_in import sign_in

logger = logging.getLogger(__name__)


def enter(request: HttpRequest, county: County, subject: str, claims: dict[str, Any]) -> HttpResponse:
    data = person_data(county, subject, claims, "en" if get_language() == "en" else "zh-hant")
    person = _let_in(request, data)
    logger.info("person %s signed in from %s by county %s", person.pk, visitor_address(request), county.code)
    response = redirect("home")
    return languages.set_cookie(response, person.language) if person.language in languages.KNOWN else response


@transaction.atomic
def _let_in(request: HttpRequest, data: PersonData) -> Person:
    person = bring_up_to_date(data)
    if not person.is_active:
        raise Refused(Kind.CLOSED, "account-closed")
    way = f"{data.source}:{data.subject}"
    sign_in(request, person, way=way, **({} if way == person.username else {ending.LINKED: 1}))
    address = visitor_address(request)
    audit.record("county.signed-in", person=person, actor=person, address=address, source=data.source)
    return person


def link(request: HttpRequest, person: Person, county: County, subject: str, claims: dict[str, Any]) -> HttpResponse:
    """Make the county account a second way in of somebody signed in. Refused where it is somebody else's, as it may be."""
    _link(person, person_data(county, subject, claims, person.language), visitor_address(request))
    logger.info("person %s linked an account of county %s", person.pk, county.code)
    return redirect("configure")


@transaction.atomic
def _link(person: Person, data: PersonData, address: str) -> None:
    hold_account(data)
    own = Person.objects.filter(source=data.source, subject=data.subject).first()
    if own is not None and own != person:
        raise Refused(Kind.TAKEN, "taken")
    if own is None:
        way, is_new = SocialAccount.objects.get_or_create(
            provider=data.source, uid=data.subject, defaults={"user": person, "extra_data": {}}
        )
        if way.user_id != person.pk:
            raise Refused(Kind.TAKEN, "taken")
        if is_new:
            ways.tell("county-linked", person, data.source)
            audit.record("county.linked", person=person, actor=person, address=address, source=data.source)
    take_county_facts(person, data)
