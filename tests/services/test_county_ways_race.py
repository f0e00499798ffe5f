"""Two tabs remove the last two ways in at the same moment: one of them stays."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from allauth.socialaccount.models import SocialAccount
from django.db import connection
from pytest_django import Settings

from accounts.counties import ways
from accounts.models import AuditEvent, Person
from tests.conftest import MakePerson
from tests.services.county_provider import county

TIMES = 10


def remove(person: Person, pk: int, together: Barrier) -> str:
    try:
        together.wait(timeout=60)
        ways.remove(person, pk, current="", address="192.0.2.1")
    except ways.Kept:
        return "kept"
    else:
        return "removed"
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_one_of_the_last_two_stays(make_person: MakePerson, settings: Settings) -> None:
    kl = county(1)
    settings.COUNTIES = (kl, replace(kl, code="tp", position=2))
    for number in range(TIMES):
        person = make_person(f"aa{number}", source="county:gone")  # its own county is not in the file any more
        pks = [
            SocialAccount.objects.create(user=person, provider=f"county:{code}", uid=f"{number}").pk for code in ("kl", "tp")
        ]
        together = Barrier(2)
        with ThreadPoolExecutor(2) as tabs:
            outcomes = sorted(tabs.map(remove, [person] * 2, pks, [together] * 2))
        assert outcomes == ["kept", "removed"]
    assert (SocialAccount.objects.count(), AuditEvent.objects.count()) == (TIMES, TIMES)
