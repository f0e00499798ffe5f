"""Whoever of the staff sees a list or a row is on record, with what they asked for; whoever sees nothing is not."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from accounts import letters
from accounts.models import AuditEvent, ContactAddress, Person
from mailboxes.models import Mailbox, MailService
from tests.conftest import MakePerson, SignIn
from tests.unit.accounts.auditing.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]

InRole = Callable[[str], Client]


@pytest.fixture
def in_role(make_person: MakePerson, sign_in: SignIn) -> InRole:
    def sign(role: str) -> Client:
        person = make_person(role, is_staff=True)
        person.groups.add(Group.objects.get(name=role))
        return sign_in(person)

    return sign


def looks() -> list[tuple[str, str, str]]:
    """Number of the person, thing and words asked for, in the order of the looks."""
    events = AuditEvent.objects.filter(verb="staff.looked").order_by("pk").select_related("person")
    assert all(event.actor is not None and event.address == "127.0.0.1" for event in events)
    return [
        (event.person.number if event.person else "", event.details["thing"], event.details["asked"]) for event in events
    ]


@pytest.mark.parametrize("role", ["administrator", "auditor"])
def test_each_page_about_a_person_names_them(
    role: str, in_role: InRole, wang: Person, services: dict[str, MailService]
) -> None:
    browser = in_role(role)
    contact = ContactAddress.objects.create(person=wang, address="wang@home.example", place=1, added_at=NOW, asked_at=NOW)
    letter = letters.post("staff-begun-anew", to=contact.address, person=wang)
    box = Mailbox.objects.create(
        person=wang, service=services["mx"], local_part="hmwang", domain="mx.nthu.edu.tw", stem="hmwang", stem_number=0
    )
    things = {"person": wang, "contactaddress": contact, "letter": letter}
    for name, row in things.items():
        assert browser.get(f"/admin/accounts/{name}/{row.pk}/change/").status_code == 200
    assert browser.get(f"/admin/mailboxes/mailbox/{box.pk}/change/").status_code == 200
    assert browser.get(f"/admin/accounts/person/{wang.pk}/history/").status_code == 200
    assert looks() == [
        *(("z99999", f"accounts.{name}", "") for name in things),
        ("z99999", "mailboxes.mailbox", ""),
        ("z99999", "accounts.person", ""),
    ]


def test_a_list_says_what_was_searched_for(in_role: InRole, wang: Person) -> None:
    browser = in_role("administrator")
    browser.get("/admin/accounts/person/", {"q": "王 小明"})
    browser.head("/admin/accounts/person/", {"condition": "在職"})
    assert looks() == [("", "accounts.person", "q=王 小明"), ("", "accounts.person", "condition=在職")]
    assert "小明" in AuditEvent.objects.order_by("pk").filter(verb="staff.looked")[0].details["asked"]


def test_who_is_refused_redirected_or_only_begins_a_new_row_saw_nothing(in_role: InRole, wang: Person) -> None:
    reviewer, admin = in_role("reviewer"), in_role("administrator")
    assert reviewer.get(f"/admin/accounts/person/{wang.pk}/change/").status_code == 403
    assert admin.get("/admin/accounts/person/0/change/").status_code == 302
    assert admin.get("/admin/mailboxes/notice/add/").status_code == 200
    assert admin.get("/admin/").status_code == 200
    assert looks() == []


def test_the_helpdesk_s_look_is_one_event(in_role: InRole, wang: Person) -> None:
    helpdesk = in_role("helpdesk")
    assert helpdesk.get(f"/admin/mailboxes/helpdeskcase/{wang.pk}/change/").status_code == 200
    assert [event.verb for event in AuditEvent.objects.all()] == ["helpdesk.looked"]
