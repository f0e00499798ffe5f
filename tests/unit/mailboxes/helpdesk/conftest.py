from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.test import Client
from django.utils.translation import override

from accounts.models import Person
from tests.conftest import MakePerson, SignIn

MakeHelper = Callable[..., Person]

VIEW, ACT, RESEND = "view_helpdeskcase", "change_helpdeskcase", "change_letter"


@pytest.fixture(autouse=True)
def nothing_counted() -> None:
    cache.clear()


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Also what no request asks for."""
    with override("en"):
        yield


@pytest.fixture
def make_helper(make_person: MakePerson) -> MakeHelper:
    """Somebody of the helpdesk with these rights and no other."""

    def make(*rights: str, number: str = "z40004") -> Person:
        person = make_person(number, name="許淑惠", passport_name="HSU,SHU-HUI", is_staff=True)
        person.user_permissions.set(Permission.objects.filter(codename__in=rights))
        return person

    return make


@pytest.fixture
def helper(make_helper: MakeHelper) -> Person:
    return make_helper(VIEW, ACT, RESEND)


@pytest.fixture
def desk(helper: Person, sign_in: SignIn) -> Client:
    return sign_in(helper)


def page_of(person: Person) -> str:
    return f"/admin/mailboxes/helpdeskcase/{person.pk}/change/"


def why_of(person: Person) -> str:
    return f"/admin/mailboxes/helpdeskcase/{person.pk}/why/"
