"""The page behind the link in the letter to an address that letters shall go on to."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.letters import links, rendering
from accounts.models import AuditEvent, Letter
from mailboxes.models import Forward, Forwarding, ForwardRefusal, Job, Mailbox
from mailboxes.owning.forwarding import services
from mailboxes.provisioning.filters import script_of
from tests.conftest import SUSPENDED
from tests.unit.mailboxes.conftest import MakeMailbox

TARGET = "hm.wang@example.com"
YES, NO = {"answer": "yes"}, {"answer": "no"}


@pytest.fixture(autouse=True)
def nobody_has_asked_yet() -> None:
    cache.clear()


@pytest.fixture
def box(make_mailbox: MakeMailbox) -> Mailbox:
    return make_mailbox("hmwang")


@pytest.fixture
def forward(box: Mailbox) -> Forward:
    return services.add(box, TARGET, address="192.0.2.1", now=timezone.now())


@pytest.fixture
def link(forward: Forward) -> str:
    return f"/forward/?link={links.token('forward-confirm', forward.pk)}"


def english(client: Client) -> Client:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.mark.parametrize("language", ["en", "zh-hant"])
def test_the_letter_says_who_wants_what_and_holds_the_link(forward: Forward, link: str, language: str) -> None:
    letter = Letter.objects.get()
    letter.language = language
    message = rendering.message(letter)
    assert message["To"] == TARGET
    for part in message.iter_parts():
        text = part.get_content()
        assert f"http://127.0.0.1:8000{link}" in text
        assert "王小明" in text
        assert "hmwang@mx.nthu.edu.tw" in text
    assert "hmwang@mx.nthu.edu.tw" in message["Subject"]


def test_looking_changes_nothing(client: Client, forward: Forward, link: str) -> None:
    page = english(client).get(link)
    for words in (
        "王小明",
        "hmwang<wbr>@mx.nthu.edu.tw",
        "hm.wang<wbr>@example.com",
        "Yes, let them come",
        "do not ask me again",
    ):
        assertContains(page, words)
    assert client.head(link).status_code == 200
    forward.refresh_from_db()
    assert forward.confirmed_at is None
    assert page.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")


def test_yes_lets_letters_flow_and_the_owner_is_told(client: Client, box: Mailbox, forward: Forward, link: str) -> None:
    assertRedirects(english(client).post(link, YES), link)
    assertContains(client.get(link), "You agreed to this on")
    assert script_of(box) == f'require ["copy"];\nredirect :copy "{TARGET}";\n'
    assert Job.objects.get().kind == "filter"
    assert Letter.objects.filter(kind="forwarding-changed", to=box.address).count() == 1
    event = AuditEvent.objects.get(verb="forward.confirmed")
    assert (event.actor, event.person, event.details) == (None, box.person, {"target": TARGET})


def test_yes_twice_is_yes_once(client: Client, link: str) -> None:
    client.post(link, YES)
    client.post(link, YES)
    assert Job.objects.count() == 1
    assert AuditEvent.objects.filter(verb="forward.confirmed").count() == 1


def test_yes_to_what_is_switched_off_lets_nothing_flow_and_tells_nobody(client: Client, box: Mailbox, link: str) -> None:
    Forwarding.objects.update(mode="off")
    client.post(link, YES)
    assert script_of(box) == ""
    assert not Letter.objects.filter(kind="forwarding-changed").exists()


def test_no_is_for_good(client: Client, box: Mailbox, link: str) -> None:
    assertRedirects(english(client).post(link, NO), "/forward/declined/")
    assertContains(client.get("/forward/declined/"), "its owner cannot ask you again")
    assert not Forward.objects.exists()
    assert ForwardRefusal.objects.get().target == TARGET
    assert AuditEvent.objects.get(verb="forward.declined").details == {"target": TARGET}
    assertContains(client.get(link), "forward-gone", status_code=404)
    assertContains(client.post(link, YES), "forward-gone", status_code=404)


def test_who_has_agreed_can_end_it_at_any_time(client: Client, box: Mailbox, link: str) -> None:
    client.post(link, YES)
    with time_machine.travel(timezone.now() + timedelta(days=400)):
        assertContains(english(client).get(link), "End it, and do not ask me again")
        client.post(link, NO)
    assert script_of(box) == ""
    assert Letter.objects.filter(kind="forwarding-changed").count() == 2


def test_the_link_is_good_for_one_day(client: Client, forward: Forward, link: str) -> None:
    with time_machine.travel(forward.asked_at + timedelta(hours=23, minutes=59)):
        assertContains(english(client).get(link), "Yes, let them come")
    with time_machine.travel(forward.asked_at + timedelta(hours=24, minutes=1)):
        page = client.get(link)
        assertContains(page, "The time to agree ended on")
        assertNotContains(page, "Yes, let them come")
        client.post(link, YES)
        forward.refresh_from_db()
        assert forward.confirmed_at is None
        client.post(link, NO)
    assert ForwardRefusal.objects.exists()


def test_a_token_of_something_else_or_of_nobody_leads_nowhere(client: Client, forward: Forward) -> None:
    for token in (
        links.token("contact-confirm", forward.pk),
        links.token("forward-confirm", forward.pk + 1),
        links.token("forward-confirm", forward.pk)[:-1],
        str(forward.pk),
        "x" * 5000,
    ):
        assertContains(client.post(f"/forward/?link={token}", YES), "forward-gone", status_code=404)
    forward.refresh_from_db()
    assert forward.confirmed_at is None


def test_of_a_suspended_mailbox_nothing_can_be_confirmed_but_declined(client: Client, forward: Forward, link: str) -> None:
    Mailbox.objects.update(**SUSPENDED)
    page = english(client).post(link, YES)
    assertContains(page, "while the mailbox is in use, and it is not", status_code=422)
    client.post(link, NO)
    assert ForwardRefusal.objects.exists()


def test_a_post_without_an_answer_is_a_look(client: Client, forward: Forward, link: str) -> None:
    for data in ({}, {"answer": "maybe"}):
        assert client.post(link, data).status_code == 200
    forward.refresh_from_db()
    assert forward.confirmed_at is None


def test_names_with_marks_are_shown_as_text(client: Client, forward: Forward, link: str) -> None:
    person = forward.mailbox.person
    person.name = "<b>Wang</b>"
    person.save()
    assertNotContains(client.get(link), "<b>Wang")
    assert not re.search("<b>Wang", rendering.message(Letter.objects.get()).as_string())
