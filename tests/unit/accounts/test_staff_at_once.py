"""Two who work on one account of the staff at the same time."""

import pytest
from django.test import Client
from pytest_django.asserts import assertContains

from accounts.models import Staff
from accounts.staff import services
from tests.unit.accounts.test_staff import ADD, PASSWORD, MakeStaff, admin, browser, group, make_staff, page_of, roles_of

__all__ = ["admin", "browser", "make_staff"]  # fixtures, which pytest finds by name

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]


def test_a_form_of_before_somebody_elses_change_changes_nothing(browser: Client, make_staff: MakeStaff) -> None:
    lin = make_staff("lin", "auditor")
    stale = {"stamp": services.stamp_of(lin), "name": "lin", "groups": [group("auditor")], "is_active": "on"}
    browser.post(page_of(lin), stale | {"groups": [], "is_active": ""})
    for stamp in (stale["stamp"], "", "x"):
        page = browser.post(page_of(lin), stale | {"stamp": stamp})
        assertContains(page, "Somebody changed this account after you opened the page", status_code=409)
        assert page.context["form"]["stamp"].value() == services.stamp_of(Staff.objects.get(pk=lin.pk))
    lin.refresh_from_db()
    assert (lin.is_active, roles_of(lin)) == (False, [])


def test_two_who_make_an_account_of_one_name_at_once_are_told_so(browser: Client, make_staff: MakeStaff) -> None:
    make_staff("lin", "auditor")
    with pytest.raises(services.Taken):
        make_staff("lin")
    Staff.objects.filter(username="lin").update(username="chang")  # whose subject is lin still, past the form's own look
    form = {"username": "lin", "name": "x", "password": PASSWORD, "password_again": PASSWORD}
    assertContains(browser.post(ADD, form), "There is an account of that name already", status_code=422)
