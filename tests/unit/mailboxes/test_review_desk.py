"""A reviewer's decisions about one application, and what the applicant has of them."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from accounts.letters.rendering import message
from accounts.models import AuditEvent, Letter, Person
from mailboxes.models import Application, Job, Mailbox, ReasonTemplate, Remark, ReviewCase
from tests.conftest import AgreeAll, MakePerson, SignIn
from tests.unit.mailboxes.reviewing import (
    BULK,
    GOOD,
    HASH,
    QUEUE,
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


def text_of(letter: Letter) -> str:
    body = message(letter).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_approval_files_the_job_with_the_hash_and_writes_a_letter(as_reviewer: Client, wang: Person, wait: Wait) -> None:
    case = wait(wang)
    assert decide(as_reviewer, case, "approve", reason="Welcome aboard.") == 302
    case.refresh_from_db()
    assert (case.state, case.password_hash) == ("pending", "")
    job = Job.objects.get()
    assert (job.kind, job.state, job.password_hash, job.address) == ("create", "waiting", HASH, "hmwang@mx.nthu.edu.tw")
    letter = Letter.objects.get()
    assert (letter.kind, letter.to) == ("application-approved", "hmwang@example.org")
    assert case.reference in text_of(letter)
    assert "Welcome aboard." in text_of(letter)
    event = AuditEvent.objects.get(verb="application.approved")
    assert event.actor is not None
    assert (event.person, event.actor.number) == (wang, "z30003")


def test_a_rejection_tells_the_reason_wipes_the_hash_and_frees_the_name(
    as_reviewer: Client, wang: Person, wait: Wait, sign_in: SignIn
) -> None:
    case = wait(wang)
    assert decide(as_reviewer, case, "reject", reason="Your passport name is wrong.") == 302
    case.refresh_from_db()
    assert (case.state, case.password_hash) == ("rejected", "")
    assert case.finished_at is not None
    assert Mailbox.objects.get().state == "cancelled"
    assert not Job.objects.exists()
    assert "Your passport name is wrong." in text_of(Letter.objects.get())
    assert AuditEvent.objects.get(verb="application.rejected").details["reason"] == "Your passport name is wrong."
    as_wang = sign_in(wang)
    assertContains(as_wang.get("/"), f"/applications/{case.reference}/")
    page = as_wang.get(f"/applications/{case.reference}/")
    assertContains(page, "Your passport name is wrong.")
    assertContains(page, "/mail/mx/apply/")


def test_whoever_was_rejected_applies_again_for_the_same_name(
    as_reviewer: Client, wang: Person, wait: Wait, sign_in: SignIn, agree_all: AgreeAll
) -> None:
    decide(as_reviewer, wait(wang), "reject", reason="Not yet.")
    as_wang = sign_in(wang)
    agree_all(as_wang, "mx")
    as_wang.post("/mail/mx/name/", {"name": "hmwang"})
    as_wang.post("/mail/mx/password/", GOOD)
    assert list(Application.objects.order_by("pk").values_list("state", flat=True)) == ["rejected", "review"]
    assert Mailbox.objects.get().state == "pending"


@pytest.mark.parametrize("decision", ["reject", "ask"])
@pytest.mark.parametrize("reason", ["", "  \n "])
def test_nothing_is_rejected_or_asked_without_words(
    as_reviewer: Client, wang: Person, wait: Wait, decision: str, reason: str
) -> None:
    case = wait(wang)
    data = {"stamp": stamp(as_reviewer, case), "decision": decision, "reason": reason}
    page = as_reviewer.post(case_page(case), data)
    assert page.status_code == 422
    assertContains(page, "Write a reason", status_code=422)
    case.refresh_from_db()
    assert case.state == "review"
    assert not Letter.objects.exists()


def test_a_reason_with_html_is_text_wherever_it_is_read(
    as_reviewer: Client, wang: Person, wait: Wait, sign_in: SignIn
) -> None:
    case, reason = wait(wang), "<script>alert(1)</script> <b>no</b>"
    decide(as_reviewer, case, "reject", reason=reason)
    html = message(Letter.objects.get()).get_body(("html",))
    assert html is not None
    for page in (
        sign_in(wang).get(f"/applications/{case.reference}/").content.decode(),
        as_reviewer.get(case_page(case)).content.decode(),
        html.get_content(),
    ):
        assert "&lt;script&gt;alert(1)&lt;/script&gt; &lt;b&gt;no&lt;/b&gt;" in page
        assert "<script>alert" not in page
    assert reason in text_of(Letter.objects.get())


def test_the_second_of_two_reviewers_is_told_who_was_first(
    make_reviewer: MakeReviewer, sign_in: SignIn, wang: Person, wait: Wait
) -> None:
    case = wait(wang)
    first, second = sign_in(make_reviewer("z30003")), sign_in(make_reviewer("z30004"))
    seen = stamp(second, case)
    decide(first, case, "approve")
    answer = second.post(case_page(case), {"stamp": seen, "decision": "approve"})
    assertContains(answer, "審核z30003 was first", status_code=409)
    answer = second.post(case_page(case), {"stamp": seen, "decision": "reject", "reason": "No."})
    assertContains(answer, "審核z30003 was first", status_code=409)
    assert Job.objects.count() == Letter.objects.count() == Remark.objects.count() == 1
    case.refresh_from_db()
    assert case.state == "pending"


def test_an_approval_in_two_browsers_files_one_job(as_reviewer: Client, wang: Person, wait: Wait) -> None:
    case = wait(wang)
    data = {"stamp": stamp(as_reviewer, case), "decision": "approve"}
    assert [as_reviewer.post(case_page(case), data).status_code for _ in range(2)] == [302, 409]
    assert Job.objects.count() == 1


def test_a_right_taken_away_between_page_and_click_decides_nothing(
    make_reviewer: MakeReviewer, sign_in: SignIn, wang: Person, wait: Wait
) -> None:
    case, reviewer = wait(wang), make_reviewer()
    client = sign_in(reviewer)
    data = {"stamp": stamp(client, case), "decision": "approve"}
    reviewer.user_permissions.remove(Permission.objects.get(codename="change_reviewcase"))
    assert client.post(case_page(case), data).status_code == 403
    case.refresh_from_db()
    assert case.state == "review"
    page = client.get(case_page(case))
    assertContains(page, case.reference)
    assertNotContains(page, "Approve and open")


def test_nobody_decides_about_their_own_application(make_reviewer: MakeReviewer, sign_in: SignIn, wait: Wait) -> None:
    reviewer = make_reviewer()
    case, client = wait(reviewer), sign_in(reviewer)
    page = client.get(case_page(case))
    assertContains(page, "This is your own application")
    assertNotContains(page, "Approve and open")
    assert client.post(case_page(case), {"stamp": page.context["stamp"], "decision": "approve"}).status_code == 403
    page = client.post(BULK, {"action": "approve", "chosen": case.pk})
    assertContains(page, "it is your own")
    client.post(BULK, {"action": "approve", "ids": page.context["ids"], "confirmed": "1"})
    case.refresh_from_db()
    assert case.state == "review"


def test_whoever_has_no_right_sees_neither_queue_nor_application(
    make_reviewer: MakeReviewer, sign_in: SignIn, wang: Person, wait: Wait
) -> None:
    case, client = wait(wang), sign_in(make_reviewer(rights=()))
    assert [client.get(path).status_code for path in (QUEUE, case_page(case))] == [403, 403]
    assert client.post(f"{QUEUE}export/", {"format": "csv"}).status_code == 403


def test_the_page_shows_all_that_a_reviewer_needs(
    as_reviewer: Client, wang: Person, wait: Wait, sign_in: SignIn, agree_all: AgreeAll
) -> None:
    agree_all(sign_in(wang), "mx")
    page = as_reviewer.get(case_page(wait(wang, warnings="appeal second")))
    for text in ("王小明", "WANG,HSIAO-MING", "z99999", "一般", "hmwang<wbr>@mx.nthu.edu.tw"):
        assertContains(page, text)
    for text in ("Condition open to appeal only", "Has another mailbox", "Campus network rules (2026-08)"):
        assertContains(page, text)
    assertNotContains(page, HASH)


def test_what_is_asked_is_answered_on_the_portal(as_reviewer: Client, wang: Person, wait: Wait, sign_in: SignIn) -> None:
    case = wait(wang)
    decide(as_reviewer, case, "ask", reason="Whose assistant are you?")
    case.refresh_from_db()
    assert (case.state, case.password_hash) == ("asked", HASH)
    assert "Whose assistant are you?" in text_of(Letter.objects.get())
    as_wang, address = sign_in(wang), f"/applications/{case.reference}/"
    assertContains(as_wang.get(address), "Whose assistant are you?")
    assertContains(as_wang.post(f"{address}answer/", {"text": " "}), "Write an answer first", status_code=422)
    assert as_wang.post(f"{address}answer/", {"text": "Of Professor Lin."}).status_code == 302
    case.refresh_from_db()
    assert (case.state, case.queued_at) == ("review", case.submitted_at)
    assertContains(as_reviewer.get(case_page(case)), "Of Professor Lin.")
    assert decide(as_reviewer, case, "approve") == 302
    assert Job.objects.get().password_hash == HASH


def test_nobody_answers_for_somebody_else(
    as_reviewer: Client, wang: Person, wait: Wait, make_person: MakePerson, sign_in: SignIn
) -> None:
    case = wait(wang)
    decide(as_reviewer, case, "ask", reason="Who are you?")
    other = sign_in(make_person("z44444"))
    assert other.post(f"/applications/{case.reference}/answer/", {"text": "Me."}).status_code == 404
    assert Remark.objects.count() == 1


def test_an_answer_that_was_written_while_it_was_decided_changes_nothing(
    as_reviewer: Client, wang: Person, wait: Wait, sign_in: SignIn
) -> None:
    case = wait(wang)
    decide(as_reviewer, case, "ask", reason="Who are you?")
    decide(as_reviewer, case, "reject", reason="Too late.")
    answer = sign_in(wang).post(f"/applications/{case.reference}/answer/", {"text": "Me."}, follow=True)
    assertContains(answer, "The application was rejected")
    assert not Remark.objects.filter(kind="answered").exists()


def test_other_names_are_offered_and_one_of_them_chosen(
    as_reviewer: Client, wang: Person, wait: Wait, sign_in: SignIn, agree_all: AgreeAll
) -> None:
    case = wait(wang)
    assert decide(as_reviewer, case, "offer", names="ming.wang\nxiaoming", reason="The first is a role.") == 302
    case.refresh_from_db()
    assert (case.state, case.password_hash, case.mailbox, case.queued_at) == ("draft", "", None, None)
    assert Mailbox.objects.get().state == "cancelled"
    assert "xiaoming" in text_of(Letter.objects.get())
    as_wang = sign_in(wang)
    agree_all(as_wang, "mx")
    page = as_wang.get("/mail/mx/name/")
    assert [name for name, *_ in page.context["form"].offered] == ["ming.wang", "xiaoming"]
    assertContains(page, "The office offers you these names")
    assertContains(page, "The first is a role.")
    assert as_wang.post("/mail/mx/name/", {"name": "hmwang"}).status_code == 422
    as_wang.post("/mail/mx/name/", {"name": "xiaoming"})
    as_wang.post("/mail/mx/password/", GOOD)
    case.refresh_from_db()
    assert (case.state, str(case.mailbox)) == ("review", "xiaoming@mx.nthu.edu.tw")


@pytest.mark.parametrize(
    "names", ["", "1wang", "wang..ming", "<b>", "ab", "a" * 30, "hschen", "hs.chen", "postmaster", "admin"]
)
def test_names_that_nobody_can_have_are_not_offered(
    as_reviewer: Client, wang: Person, professor: Person, wait: Wait, names: str
) -> None:
    wait(professor, "hschen")
    case = wait(wang)
    assert decide(as_reviewer, case, "offer", names=names) == 422
    case.refresh_from_db()
    assert case.state == "review"


def test_whoever_is_held_without_a_name_is_offered_one(
    as_reviewer: Client, reviewed: object, make_person: MakePerson, sign_in: SignIn, agree_all: AgreeAll
) -> None:
    nameless = make_person("z55555", passport_name="")
    client = sign_in(nameless)
    agree_all(client, "mx")
    client.post("/mail/mx/hold/")
    case = ReviewCase.objects.get()
    assertContains(as_reviewer.get(QUEUE), case.reference)
    assert decide(as_reviewer, case, "offer", names="abuk") == 302
    client.post("/mail/mx/name/", {"name": "abuk"})
    client.post("/mail/mx/password/", GOOD)
    case.refresh_from_db()
    assert (case.state, str(case.mailbox)) == ("review", "abuk@mx.nthu.edu.tw")


def test_a_template_begins_the_reason_in_the_applicants_language(as_reviewer: Client, wang: Person, wait: Wait) -> None:
    case, template = wait(wang), ReasonTemplate.objects.get(title_en="Passport name is wrong")
    page = as_reviewer.get(case_page(case), {"template": template.pk})
    assertContains(page, "Please have the Personnel Office")
    Person.objects.filter(pk=wang.pk).update(language="zh-hant")
    assertContains(as_reviewer.get(case_page(case), {"template": template.pk}), "請先向人事室")
    assert as_reviewer.get(case_page(case), {"template": "9" * 30}).status_code == 200


@pytest.mark.parametrize("path", ["999999/change/", "x/change/", "٣/change/", f"{'9' * 30}/change/"])
def test_what_is_not_there_is_not_found(as_reviewer: Client, reviewed: object, path: str) -> None:
    assert as_reviewer.get(f"{QUEUE}{path}").status_code == 404


def test_a_decision_that_is_none_changes_nothing(as_reviewer: Client, wang: Person, wait: Wait) -> None:
    case = wait(wang)
    assert decide(as_reviewer, case, "delete") == 422
    assert as_reviewer.post(case_page(case), {"state": "done"}).status_code == 422
    case.refresh_from_db()
    assert case.state == "review"
