"""How often the database is asked: a page that asks too often is slow for everybody on the first day of a term."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from mailboxes.models import Application
from tests.conftest import GOOD_PASSWORD, AgreeAll

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_password(as_wang: Client, agree_all: AgreeAll) -> Client:
    agree_all(as_wang, "mx")
    as_wang.post("/mail/mx/name/", {"name": "hmwang"})
    return as_wang


def test_no_page_asks_more_than_six_times(
    at_password: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for page in (
        "/",
        "/mail/mx/apply/",
        "/mail/mx/name/",
        "/mail/mx/password/",
        "/mail/gapp/policies/network/",
        "/configure/",
    ):
        with django_assert_max_num_queries(6):
            assert at_password.get(page).status_code in (200, 302)


def test_apply_asks_at_most_twelve_times(at_password: Client, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_max_num_queries(12):
        at_password.post("/mail/mx/password/", {"password": GOOD_PASSWORD, "password_again": GOOD_PASSWORD})
    reference = Application.objects.get(state="pending").reference
    with django_assert_max_num_queries(6):
        assert at_password.get(f"/applications/{reference}/").status_code == 200
