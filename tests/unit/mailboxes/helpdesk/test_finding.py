"""Finding one person, and how little of everybody somebody at the helpdesk can see."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts import audit, letters
from accounts.models import AuditEvent, Person
from accounts.references import new_reference
from mailboxes.models import Application, MailService
from mailboxes.reviewing.helpdesk import finding, guard
from sso_bridge.models import Refusal
from tests.conftest import SignIn
from tests.unit.mailboxes.conftest import MakeMailbox
from tests.unit.mailboxes.helpdesk.conftest import MakeHelper, page_of, why_of

pytestmark = pytest.mark.thorough

FIND = "/admin/mailboxes/helpdeskcase/"


@pytest.mark.parametrize(
    "words",
    ["z99999", "王小明", "hsiao-ming", "campus:z99999", "hmwang", "HMWang@mx.nthu.edu.tw", "A-0123ABCD", " ｚ９９９９９"],
)
def test_one_box_finds_by_whatever_the_caller_can_read_out(
    desk: Client, wang: Person, make_mailbox: MakeMailbox, services: dict[str, MailService], words: str
) -> None:
    make_mailbox("hmwang")
    Application.objects.create(person=wang, service=services["gapp"], reference="A-0123ABCD")
    assertRedirects(desk.get(FIND, {"q": words}), page_of(wang))


def test_nobody_is_listed_before_somebody_is_searched(desk: Client, wang: Person) -> None:
    assertNotContains(desk.get(FIND), "z99999")
    for little in ("", "z", "%", "_"):
        page = desk.get(FIND, {"q": little})
        assertNotContains(page, "z99999", status_code=422)
    assertContains(page, "That is too little", status_code=422)


def test_there_is_no_file_of_all_people_and_no_page_by_number_besides(desk: Client, wang: Person) -> None:
    assert desk.post(f"{FIND}export/", {"format": "csv"}).status_code == 403
    assert desk.get(page_of(wang).replace("change", "history")).status_code == 403
    assert desk.get(page_of(wang).replace("change", "delete")).status_code == 403
    assert desk.get(f"{FIND}add/").status_code == 403


def test_the_lists_of_letters_and_refusals_are_no_way_round(desk: Client, helper: Person, wang: Person) -> None:
    helper.groups.add(Group.objects.get(name="helpdesk"))
    letter = letters.post("contact-added", to="ming@home.example", person=wang, address="x@y.example")
    refusal = Refusal.objects.create(code="expired", subject=wang.subject, reference=new_reference("H"))
    for label, pk in (("accounts/letter", letter.pk), ("sso_bridge/refusal", refusal.pk)):
        assert desk.get(f"/admin/{label}/?q=ming").status_code == 403
        assert desk.get(f"/admin/{label}/{pk}/change/").status_code == 403
        assert desk.post(f"/admin/{label}/export/", {"format": "csv"}).status_code == 403
    index = desk.get("/admin/")
    assertNotContains(index, 'id="accounts-letter"')
    assertContains(index, 'id="mailboxes-helpdeskcase"')
    assertContains(desk.get(FIND, {"q": refusal.reference}), "The link has expired")


def test_namesakes_are_told_apart_and_too_many_are_not_listed(
    desk: Client, wang: Person, professor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    Person.objects.create(source="campus", subject="z99998", username="campus:z99998", number="z99998", name="王小明")
    page = desk.get(FIND, {"q": "王小明"})
    assertContains(page, "z99998")
    assertContains(page, "z99999")
    assertNotContains(page, "林淑芬")
    Person.objects.create(source="campus", subject="z99997", username="campus:z99997", number="z99997", name="王小明")
    monkeypatch.setattr(finding, "MOST", 2)
    page = desk.get(FIND, {"q": "王小明"})
    assertContains(page, "More than 2 people are found")
    assertContains(page, "/change/", count=2)


def test_a_reference_is_found_however_it_is_read_out(desk: Client, wang: Person) -> None:
    reference = new_reference("H")
    Refusal.objects.create(reference=reference, code="expired", issuer="https://campus.example", subject="z99999")
    for said in (reference, reference.lower(), reference.replace("-", " ")):
        page = desk.get(FIND, {"q": said})
        assertContains(page, "The link has expired")
        assertContains(page, page_of(wang))


def test_a_refusal_of_a_damaged_link_says_nothing_of_a_person(desk: Client, wang: Person) -> None:
    reference = new_reference("H")
    Refusal.objects.create(reference=reference, code="malformed")
    page = desk.get(FIND, {"q": reference})
    assertContains(page, "This link is damaged")
    assertContains(page, "Nobody whom the portal knows goes with this reference.")


def test_a_refusal_of_a_county_is_found_too(desk: Client, teacher: Person) -> None:
    audit.record("county.refused", person=teacher, county="kl", code="access-denied", reference="C-7QK2MX4T")
    page = desk.get(FIND, {"q": "c7qk2mx4t"})
    assertContains(page, "access-denied")
    assertContains(page, page_of(teacher))


def test_every_search_and_every_look_is_on_record(desk: Client, helper: Person, wang: Person) -> None:
    desk.get(FIND, {"q": "小明"}, follow=True)
    desk.get(why_of(wang))
    searched, looked, checked = AuditEvent.objects.order_by("pk")
    assert (searched.verb, searched.person, searched.details) == ("helpdesk.searched", None, {"words": "小明", "found": 1})
    assert (looked.verb, looked.person) == ("helpdesk.looked", wang)
    assert (checked.verb, checked.person) == ("helpdesk.checked", wang)
    assert {event.actor for event in (searched, looked, checked)} == {helper}
    assert {event.address for event in (searched, looked, checked)} == {"127.0.0.1"}


def test_who_guesses_numbers_is_stopped_and_the_auditor_told_once(
    desk: Client, helper: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(guard.MOST, "searches", 2)
    with time_machine.travel(datetime(2026, 11, 22, 4, 10, tzinfo=UTC), tick=False):
        for number in ("z10001", "z10002"):
            assert desk.get(FIND, {"q": number}).status_code == 200
        for number in ("z10003", "z10004"):
            assertContains(desk.get(FIND, {"q": number}), "You can go on at 13:00:00", status_code=429)
    stopped = AuditEvent.objects.get(verb="helpdesk.searches-stopped")
    assert (stopped.actor, stopped.address, stopped.details) == (helper, "127.0.0.1", {"most": 2})
    assert AuditEvent.objects.filter(verb="helpdesk.searched").count() == 2
    with time_machine.travel(datetime(2026, 11, 22, 5, 0, tzinfo=UTC), tick=False):
        assert desk.get(FIND, {"q": "z10005"}).status_code == 200


def test_who_counts_through_the_pages_is_stopped_also_at_numbers_of_nobody(
    desk: Client, wang: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(guard.MOST, "looks", 3)
    assert desk.get("/admin/mailboxes/helpdeskcase/999999/change/").status_code == 404
    assert desk.get(page_of(wang)).status_code == 200
    assert desk.get(why_of(wang)).status_code == 200
    assertNotContains(desk.get(page_of(wang)), "z99999", status_code=429)
    assert AuditEvent.objects.filter(verb="helpdesk.looks-stopped").count() == 1
    assert AuditEvent.objects.filter(person=wang).count() == 2


def test_each_account_of_the_helpdesk_has_its_own_count(
    desk: Client, make_helper: MakeHelper, sign_in: SignIn, wang: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(guard.MOST, "looks", 0)
    assert desk.get(page_of(wang)).status_code == 429
    monkeypatch.setitem(guard.MOST, "looks", 1)
    assert sign_in(make_helper("view_helpdeskcase", number="z40005")).get(page_of(wang)).status_code == 200


@pytest.mark.parametrize("rights", [(), ("change_letter",), ("view_person", "view_reviewcase")])
def test_nobody_sees_anything_without_the_right(
    make_helper: MakeHelper, sign_in: SignIn, wang: Person, rights: tuple[str, ...]
) -> None:
    client = sign_in(make_helper(*rights))
    for path in (FIND, f"{FIND}?q=z99999", page_of(wang), why_of(wang)):
        assertNotContains(client.get(path), "z99999", status_code=403)
    assert not AuditEvent.objects.exists()


def test_who_may_look_but_not_act_is_offered_nothing_and_can_do_nothing(
    make_helper: MakeHelper, sign_in: SignIn, wang: Person, services: dict[str, MailService]
) -> None:
    held = Application.objects.create(person=wang, service=services["mx"], state="held", queued_at=timezone.now())
    client = sign_in(make_helper("view_helpdeskcase"))
    page = client.get(page_of(wang))
    assertContains(page, held.reference)
    for word in ("Check the code", "Let it go on", "Send again"):
        assertNotContains(page, word)
    for data in (
        {"act": "caller", "code": "123456"},
        {"act": "go-on", "application": held.reference, "reason": "x"},
        {"act": "resend", "letter": "1"},
    ):
        assert client.post(page_of(wang), data).status_code == 403
    held.refresh_from_db()
    assert held.state == "held"
