"""A reviewer offers what the applicant can choose: the rule is that of the applicant's page."""

import pytest
from django.test import Client
from pytest_django.asserts import assertContains

from accounts.models import Person
from mailboxes.models import MailService, ReservedName, ReviewCase
from tests.conftest import AgreeAll, SignIn
from tests.unit.mailboxes.reviewing import (
    NOW,
    Wait,
    as_reviewer,
    case_page,
    decide,
    make_reviewer,
    reviewed,
    stamp,
    wait,
)

__all__ = ["as_reviewer", "make_reviewer", "reviewed", "wait"]
pytestmark = [pytest.mark.django_db, pytest.mark.thorough]


@pytest.fixture(autouse=True)
def _taken_and_reserved(wait: Wait, professor: Person) -> None:
    ReservedName.objects.create(word="rector")
    wait(professor, "wanghm")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("postmaster", "“postmaster” stands for an office or a role"),
        ("the.rector2", "“the.rector2” stands for an office or a role"),
        ("wanghm", "Somebody has “wanghm”, or a name that differs from it in its signs alone"),
        ("wang.hm", "Somebody has “wang.hm”, or a name that differs from it in its signs alone"),
        ("1wang", "“1wang” cannot be a name of this service"),
        ("w" * 41, "cannot be a name of this service"),
    ],
)
def test_each_name_that_cannot_be_had_is_named(
    as_reviewer: Client, wang: Person, wait: Wait, name: str, sentence: str
) -> None:
    MailService.objects.update(longest_name=64)
    case = wait(wang)
    sent = {"stamp": stamp(as_reviewer, case), "decision": "offer", "names": f"ming.wang\n{name}"}
    assertContains(as_reviewer.post(case_page(case), sent), sentence, status_code=422)
    case.refresh_from_db()
    assert (case.state, case.offered_names) == ("review", "")


def test_what_is_offered_can_be_chosen(
    as_reviewer: Client, wang: Person, wait: Wait, sign_in: SignIn, agree_all: AgreeAll
) -> None:
    """Also the name that is given up by it, and one like it: they are the applicant's own."""
    case = wait(wang, "hmwang")
    assert decide(as_reviewer, case, "offer", names="hm.wang, hmwang; ming.wang,") == 302
    as_wang = sign_in(wang)
    agree_all(as_wang, "mx")
    page = as_wang.get("/mail/mx/name/")
    assert [name for name, *_ in page.context["form"].offered] == ["hm.wang", "hmwang", "ming.wang"]


def test_nothing_is_offered_to_somebody_who_can_have_no_address(
    as_reviewer: Client, wang: Person, reviewed: MailService
) -> None:
    MailService.objects.filter(pk=reviewed.pk).update(older_domain="old.nthu.edu.tw", older_until=2000)
    case = ReviewCase.objects.create(service=reviewed, person=wang, state="held", queued_at=NOW)
    sent = {"stamp": stamp(as_reviewer, case), "decision": "offer", "names": "ming.wang"}
    assertContains(as_reviewer.post(case_page(case), sent), "No entry year is known", status_code=422)
