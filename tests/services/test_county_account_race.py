"""Somebody signs in with a county account for the first time while somebody else links it: it leads one way and not two."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from allauth.socialaccount.models import SocialAccount
from django.db import connection, transaction
from django.test import RequestFactory

from accounts.counties import entering
from accounts.counties.claims import person_data
from accounts.counties.refusals import Refused
from accounts.counties.registry import CLAIMS, County
from accounts.models import Person
from accounts.people import bring_up_to_date
from tests.conftest import MakePerson
from tests.services.county_provider import county

TIMES = 30


def sign_in(at: County, subject: str, together: Barrier) -> None:
    try:
        together.wait(timeout=60)
        with transaction.atomic():
            bring_up_to_date(person_data(at, subject, {"name": "陳老師"}, "en"))
    finally:
        connection.close()


def link(at: County, subject: str, person: Person, together: Barrier) -> None:
    request = RequestFactory().get("/counties/kl/callback/", REMOTE_ADDR="192.0.2.1")
    try:
        together.wait(timeout=60)
        entering.link(request, person, at, subject, {"name": "陳老師"})
    except Refused:
        pass
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_one_account_leads_one_way(make_person: MakePerson) -> None:
    at, person = replace(county(1), claims=CLAIMS), make_person("z99999")
    for number in range(TIMES):
        together, subject = Barrier(2), f"aa{number}"
        with ThreadPoolExecutor(2) as both:
            tasks = [both.submit(sign_in, at, subject, together), both.submit(link, at, subject, person, together)]
        for task in tasks:
            task.result()
        of_their_own = Person.objects.filter(source=at.source, subject=subject).count()
        assert of_their_own + SocialAccount.objects.filter(provider=at.source, uid=subject).count() == 1
