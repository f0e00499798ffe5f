"""Two reviewers and one application: nothing is decided by what somebody saw before it changed, and each is told why."""

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from accounts.models import Letter, Person
from mailboxes.models import Job, Mailbox, MailService, ReviewCase
from mailboxes.reviewing import desk
from tests.conftest import AgreeAll, SignIn
from tests.unit.mailboxes.reviewing import (
    BULK,
    GOOD,
    NOW,
    MakeReviewer,
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


@pytest.fixture
def first(make_reviewer: MakeReviewer, sign_in: SignIn) -> Client:
    return sign_in(make_reviewer("z30003"))


@pytest.fixture
def second(make_reviewer: MakeReviewer, sign_in: SignIn) -> Client:
    return sign_in(make_reviewer("z30004"))


def listed(client: Client, action: str, *cases: ReviewCase) -> dict[str, str]:
    """What the page of the list sends when its button is pressed."""
    page = client.post(BULK, {"action": action, "chosen": [case.pk for case in cases]})
    reasons = {"reason_zh": "不行", "reason_en": "No."} if action == "reject" else {}
    return {"action": action, "ids": page.context["ids"], "confirmed": "1"} | reasons


def test_what_somebody_asked_meanwhile_is_not_rejected_unread(
    first: Client, second: Client, wang: Person, professor: Person, wait: Wait
) -> None:
    case, still = wait(wang), wait(professor, "sflin")
    data = listed(second, "reject", case, still)
    decide(first, case, "ask", reason="Which department?")
    done = second.post(BULK, data, follow=True)
    assertContains(done, "Done: 1. Left as they are: 1.")
    assertContains(done, f"Left: {case.reference}. 審核z30003 was first")
    assert [ReviewCase.objects.get(pk=each.pk).state for each in (case, still)] == ["asked", "rejected"]


def test_what_changed_while_the_reason_was_written_is_left_too(
    first: Client, second: Client, wang: Person, wait: Wait
) -> None:
    case = wait(wang)
    data = listed(second, "reject", case)
    decide(first, case, "ask", reason="Which department?")
    page = second.post(BULK, data | {"reason_en": ""})
    assertContains(page, "審核z30003 was first", status_code=422)
    assert page.context["able"] == 0
    second.post(BULK, data | {"ids": page.context["ids"]})
    case.refresh_from_db()
    assert case.state == "asked"


def test_no_address_is_approved_that_the_list_did_not_show(
    first: Client, second: Client, wang: Person, wait: Wait, sign_in: SignIn, agree_all: AgreeAll
) -> None:
    case = wait(wang)
    data = listed(second, "approve", case)
    decide(first, case, "offer", names="wanghm")
    as_wang = sign_in(wang)
    agree_all(as_wang, "mx")
    as_wang.post("/mail/mx/name/", {"name": "wanghm"})
    as_wang.post("/mail/mx/password/", GOOD)
    assertContains(second.post(BULK, data, follow=True), f"Left: {case.reference}. The applicant has changed something")
    case.refresh_from_db()
    assert (case.state, str(case.mailbox)) == ("review", "wanghm@mx.nthu.edu.tw")
    assert not Job.objects.exists()


@pytest.mark.parametrize("chosen", [{"ids": "{pk}"}, {"ids": "{pk}:x"}, {"chosen": "{pk}"}, {"all": "1"}])
def test_no_list_that_lacks_the_stamps_decides_anything(
    as_reviewer: Client, wang: Person, wait: Wait, chosen: dict[str, str]
) -> None:
    case = wait(wang)
    sent = {name: text.format(pk=case.pk) for name, text in chosen.items()}
    done = as_reviewer.post(BULK, sent | {"action": "approve", "confirmed": "1"}, follow=True)
    assertContains(done, "Done: 0. Left as they are: 1.")
    case.refresh_from_db()
    assert case.state == "review"


def test_an_approval_from_before_the_answer_was_read_is_too_late(
    first: Client, second: Client, wang: Person, wait: Wait, sign_in: SignIn
) -> None:
    case = wait(wang)
    seen = stamp(second, case)
    decide(first, case, "ask", reason="Whose assistant are you?")
    sign_in(wang).post(f"/applications/{case.reference}/answer/", {"text": "Nobody's."})
    answer = second.post(case_page(case), {"stamp": seen, "decision": "approve"})
    assertContains(answer, "The applicant has changed something", status_code=409)
    case.refresh_from_db()
    assert case.state == "review"
    assert not Job.objects.exists()


def test_what_the_helpdesk_let_go_on_was_not_the_applicant(
    as_reviewer: Client, make_reviewer: MakeReviewer, wang: Person, reviewed: MailService
) -> None:
    case = ReviewCase.objects.create(service=reviewed, person=wang, state="held", queued_at=NOW)
    seen = stamp(as_reviewer, case)
    desk.let_go_on(case, actor=make_reviewer("z30009"), now=timezone.now(), reason="Choose again.")
    answer = as_reviewer.post(case_page(case), {"stamp": seen, "decision": "reject", "reason": "No"})
    assertContains(answer, "審核z30009 was first", status_code=409)


def test_who_comes_when_all_is_done_is_told_who_decided(first: Client, second: Client, wang: Person, wait: Wait) -> None:
    case = wait(wang)
    seen = stamp(second, case)
    decide(first, case, "approve")
    ReviewCase.objects.filter(pk=case.pk).update(state="done")
    answer = second.post(case_page(case), {"stamp": seen, "decision": "approve"})
    assertContains(answer, "審核z30003 was first", status_code=409)


def test_somebody_who_has_left_meanwhile_is_marked(as_reviewer: Client, wang: Person, professor: Person, wait: Wait) -> None:
    other, case = wait(professor, "sflin"), wait(wang)
    assertContains(as_reviewer.get(case_page(case)), "It allows this service.")
    Person.objects.filter(pk=wang.pk).update(condition="離職")
    assertContains(as_reviewer.get(case_page(case)), "It does not allow this service.")
    page = as_reviewer.post(BULK, {"action": "approve", "chosen": [other.pk, case.pk]})
    assert [plan.case.pk for plan in page.context["plans"]] == [case.pk, other.pk]
    assertContains(page, "⚠ The condition of the applicant (離職) does not allow this service.", count=1)
    assertNotContains(as_reviewer.post(BULK, {"action": "reject", "chosen": case.pk}), "The condition of the applicant")


def test_a_decision_is_written_to_the_other_mailboxes_of_the_person(as_reviewer: Client, wang: Person, wait: Wait) -> None:
    case = wait(wang)
    other = MailService.objects.exclude(pk=case.service_id).first()
    names = {"local_part": "wanghm", "domain": "oz.nthu.edu.tw", "stem": "wanghm", "stem_number": 1}
    Mailbox.objects.create(service=other, person=wang, **names, state="active", active_at=NOW)
    decide(as_reviewer, case, "reject", reason="No.")
    assert set(Letter.objects.values_list("to", flat=True)) == {"wanghm@oz.nthu.edu.tw", "hmwang@example.org"}
