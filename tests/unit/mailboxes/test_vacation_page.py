"""The automatic reply while somebody is away."""

import pytest
import time_machine
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.models import AuditEvent
from mailboxes.models import Job, Mailbox, MailService, Vacation
from mailboxes.owning.forwarding.forms import VacationForm
from mailboxes.provisioning.filters import script_of
from tests.conftest import SUSPENDED
from tests.unit.mailboxes.conftest import MakeMailbox

PAGE = "/mail/mx/vacation/"
GOOD = {
    "first_day": "2026-12-24",
    "last_day": "2027-01-03",
    "subject": "不在辦公室",
    "text": "一月四日回來。\r\nBack on 4 January.",
}


@pytest.fixture
def box(make_mailbox: MakeMailbox) -> Mailbox:
    return make_mailbox("hmwang")


@pytest.fixture
def owner(box: Mailbox, as_wang: Client) -> Client:
    return as_wang


@pytest.fixture(autouse=True)
def in_november():
    with time_machine.travel("2026-11-22T04:00:00Z", tick=False):
        yield


def test_a_reply_is_saved_and_put_in_force(owner: Client, box: Mailbox) -> None:
    assertRedirects(owner.post(PAGE, GOOD), PAGE)
    page = owner.get(PAGE)
    assertContains(page, "The change is on its way to the mail server.")
    assertContains(page, 'value="2026-12-24"')
    assertContains(page, "一月四日回來。\nBack on 4 January.</textarea>")
    assert '"一月四日回來。\nBack on 4 January."' in script_of(box)
    assert Job.objects.get().kind == "filter"
    event = AuditEvent.objects.get(verb="vacation.on")
    assert (event.mailbox, event.details) == (box.address, {"first_day": "2026-12-24", "last_day": "2027-01-03"})


def test_switched_off_it_keeps_its_text_for_the_next_time(owner: Client, box: Mailbox) -> None:
    owner.post(PAGE, GOOD)
    assertRedirects(owner.post(PAGE, {"answer": "off"}), PAGE)
    assert script_of(box) == ""
    assertContains(owner.get(PAGE), "不在辦公室")
    assert AuditEvent.objects.filter(verb="vacation.off").count() == 1
    owner.post(PAGE, {"answer": "off"})  # a second click
    assert AuditEvent.objects.filter(verb="vacation.off").count() == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"first_day": ""}, "Choose the first day."),
        ({"last_day": "soon"}, "Write the day like 2026-12-31."),
        ({"last_day": "2026-02-30"}, "Write the day like 2026-12-31."),
        ({"last_day": "2026-12-23"}, "The last day is before the first one."),
        ({"first_day": "2026-11-01", "last_day": "2026-11-21"}, "The last day has passed."),
        ({"last_day": "9999-12-31"}, "A year is the longest."),
        ({"subject": ""}, "Write a subject."),
        ({"subject": "s" * 121}, "The subject can have 120 characters, and has 121."),
        ({"subject": "a\nBcc: x@example.com"}, "a sign in it that cannot be seen"),
        ({"text": ""}, "Write what the reply shall say."),
        ({"text": "字" * 2001}, "The text can have 2000 characters, and has 2001."),
        ({"text": "a\0b"}, "Null characters are not allowed."),
        ({"text": "a\x1b[2Jb"}, "a sign in it that cannot be seen"),
    ],
)
def test_what_will_not_do_is_explained_beside_its_field(owner: Client, change: dict[str, str], said: str) -> None:
    page = owner.post(PAGE, GOOD | change)
    assertContains(page, said, status_code=422)
    assertContains(page, f'href="#id_{list(change)[-1]}"', status_code=422)
    assert not Vacation.objects.exists()
    assert not Job.objects.exists()


def test_a_line_ends_with_one_character_however_a_browser_sends_it(owner: Client) -> None:
    text = "\r\n".join(["a"] * 1000)  # 1,999 characters, as the browser's own maxlength counts them
    assertRedirects(owner.post(PAGE, GOOD | {"text": text}), PAGE)
    assert Vacation.objects.get().text == "\n".join(["a"] * 1000)


@pytest.mark.parametrize(("hour", "is_over"), [("15:59", False), ("16:00", True)])  # midnight in Taiwan
@pytest.mark.django_db
def test_today_is_taiwans_today(hour: str, is_over: bool) -> None:
    with time_machine.travel(f"2026-12-24T{hour}:00Z", tick=False):
        assert VacationForm(GOOD | {"last_day": "2026-12-24"}).has_error("last_day", "passed") is is_over


def test_of_a_suspended_mailbox_nothing_can_be_changed(owner: Client, box: Mailbox) -> None:
    Mailbox.objects.update(**SUSPENDED)
    assertNotContains(owner.get(PAGE), "<textarea")
    assertContains(owner.post(PAGE, GOOD), "while the mailbox is in use, and it is not", status_code=422)
    assert not Vacation.objects.exists()


def test_a_mail_system_that_cannot_answer_says_so_and_has_no_form(owner: Client) -> None:
    MailService.objects.filter(slug="mx").update(store="maildir")
    page = owner.get(PAGE)
    assertContains(page, "cannot forward or answer letters")
    assertNotContains(page, "<textarea")
    assertContains(owner.post(PAGE, GOOD), "cannot forward or answer letters", status_code=422)
