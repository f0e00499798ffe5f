"""One person's timeline: everything once, in order, in words, a page at a time without counting or skipping."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.asserts import assertContains, assertNotContains

from accounts import audit
from accounts.models import AuditEvent, Person
from mailboxes.models import Application, LoginRecord, Mailbox, MailService, Remark
from mailboxes.reviewing.helpdesk import timeline
from mailboxes.reviewing.helpdesk.timeline import Wanted
from tests.unit.mailboxes.conftest import MakeMailbox
from tests.unit.mailboxes.helpdesk.conftest import page_of

pytestmark = pytest.mark.thorough

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
Happened = Callable[..., AuditEvent]


@pytest.fixture
def happened(wang: Person) -> Happened:
    def event(verb: str = "policy.agreed", *, ago: timedelta = timedelta(), **fields: Any) -> AuditEvent:
        with time_machine.travel(NOW - ago, tick=False):
            return AuditEvent.objects.create(**{"verb": verb, "person": wang} | fields)

    return event


def logged_in(box: Mailbox, *, ago: timedelta, **fields: Any) -> LoginRecord:
    usual = {"succeeded": True, "protocol": "imap", "address": "203.0.113.7"}
    return LoginRecord.objects.create(**{"mailbox": box, "happened_at": NOW - ago} | usual | fields)


def whole(person: Person, **wanted: str) -> list[timeline.Line]:
    """Page after page to the end, as the links lead."""
    found: list[timeline.Line] = []
    before = ""
    while True:
        data = QueryDict(mutable=True)
        data.update(wanted | {"before": before})
        lines, before = timeline.page(person, Wanted.by(data))
        assert len(lines) == timeline.PAGE or not before
        found += lines
        if not before:
            return found


def test_every_line_comes_once_and_in_order_however_many_share_a_moment(
    wang: Person, happened: Happened, make_mailbox: MakeMailbox
) -> None:
    boxes = [make_mailbox("hmwang"), make_mailbox("hm.wang9", service=MailService.objects.get(slug="gapp"))]
    for number in range(70):
        ago = timedelta(minutes=number // 30)  # thirty of each kind at one moment
        happened(ago=ago, address=f"192.0.2.{number}")
        for box in boxes:
            logged_in(box, ago=ago, session=f"s{number}")
    lines = whole(wang)
    assert len(lines) == 210
    assert [line.when for line in lines] == sorted((line.when for line in lines), reverse=True)
    assert len({line.address for line in lines if line.address.startswith("192.")}) == 70


def test_no_page_counts_or_skips_and_each_takes_as_many_queries(
    wang: Person, happened: Happened, make_mailbox: MakeMailbox
) -> None:
    make_mailbox("hmwang")
    for number in range(60):
        happened(ago=timedelta(minutes=number))
    with CaptureQueriesContext(connection) as asked:
        _lines, following = timeline.page(wang, Wanted())
    with CaptureQueriesContext(connection) as again:
        timeline.page(wang, Wanted.by({"before": following}))
    assert len(asked) == len(again) == 4
    for query in [*asked, *again]:
        assert "COUNT(" not in query["sql"]
        assert "OFFSET" not in query["sql"]


def test_each_line_says_what_who_and_whence(desk: Client, wang: Person, professor: Person, happened: Happened) -> None:
    happened("mailbox.suspended", actor=professor, mailbox="hmwang@mx.nthu.edu.tw", details={"reason": "Stolen, it seems."})
    happened("contact.added", actor=wang, address="203.0.113.9", details={"contact": "hidden@home.example"})
    happened("mailbox.filter-done", mailbox="hmwang@mx.nthu.edu.tw")
    happened("forward.asked", actor=wang, details={"target": "hidden@home.example"})
    happened("mailbox.sign-in-failed", address="198.51.100.1", mailbox="hmwang@mx.nthu.edu.tw")
    page = desk.get(page_of(wang))
    for words in ("Mailbox suspended", "Stolen, it seems.", "林淑芬", "Contact address added", "203.0.113.9", "the person"):
        assertContains(page, words)
    assertContains(page, "Forwarding to h…@home.example: letter with the link sent")
    assertContains(page, "the system", count=1)  # the wrong password came from an address, and from nobody known
    assertNotContains(page, "hidden@home.example")


def test_log_ins_and_answers_to_reviewers_are_woven_in(
    wang: Person, happened: Happened, make_mailbox: MakeMailbox, services: dict[str, MailService]
) -> None:
    box = make_mailbox("hmwang")
    application = Application.objects.create(person=wang, service=services["gapp"])
    happened(ago=timedelta(hours=1))
    logged_in(box, ago=timedelta(hours=2), succeeded=False, suspended=True)
    for kind in ("asked", "answered"):
        Remark.objects.create(
            application=application, author=wang, kind=kind, text=f"{kind}!", written_at=NOW - timedelta(hours=3)
        )
    logged_in(box, ago=timedelta(hours=4), succeeded=False, session="other")
    said = [(line.what, line.said) for line in whole(wang)]
    assert [what for what, _said in said][1:] == [
        "Log-in by IMAP refused: right password, but suspended",
        f"Answered a reviewer about {application}",
        "Log-in by IMAP refused: wrong password",
    ]
    assert said[2][1] == "answered!"


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("applications", 1), ("mailbox", 1), ("sign-ins", 2), ("settings", 1), ("person", 1), ("office", 1), ("", 6),
        ("no-such", 6),
    ],
)  # fmt: skip
def test_it_can_be_filtered_by_kind(
    wang: Person, happened: Happened, make_mailbox: MakeMailbox, kind: str, found: int
) -> None:
    for verb in ("application.draft", "mailbox.active", "handoff.refused", "forwarding.changed", "policy.agreed"):
        happened(verb)
    happened("helpdesk.looked")
    logged_in(make_mailbox("hmwang"), ago=timedelta())
    assert len(whole(wang, kind=kind)) == found


def test_it_can_be_filtered_by_day(wang: Person, happened: Happened, make_mailbox: MakeMailbox) -> None:
    with time_machine.travel(NOW, tick=False):
        for ago in (timedelta(), timedelta(hours=13), timedelta(days=1)):  # noon in Taipei; 23 o'clock before; noon before
            happened(ago=ago)
            logged_in(make_mailbox(f"box{int(ago.total_seconds())}", state="cancelled"), ago=ago)
        assert len(whole(wang, day="2026-11-22")) == 2
        assert len(whole(wang, day="2026-11-21")) == 4
        assert len(whole(wang, day="2026-11-20")) == 0


@pytest.mark.parametrize(
    "query",
    [
        "day=9999-12-31", "day=0001-01-01", "day=x", "before=x", "before=0001-01-01T00:00:00%2B14:00~0~1", "kind=%00",
        "before=2026-11-22T00:00:00~0~1", "before=2026-13-45T00:00:00%2B00:00~0~1", "before=2026-11-22T00:00:00%2B00:00~٣~1",
        "before=2026-11-22T00:00:00%2B00:00~9~99999999999999999999",
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_left_out(desk: Client, wang: Person, happened: Happened, query: str) -> None:
    happened()
    assertContains(desk.get(f"{page_of(wang)}?{query}"), "Policy agreed to")


def test_events_of_somebody_else_are_not_here(wang: Person, professor: Person, happened: Happened) -> None:
    happened(person=professor)
    audit.record("helpdesk.searched", person=None, actor=wang, words="x")
    assert whole(wang) == []


def test_an_owner_reads_the_same_words_in_their_own_log(
    as_wang: Client, desk: Client, wang: Person, make_mailbox: MakeMailbox
) -> None:
    box = make_mailbox("hmwang")
    audit.record("sessions.ended", person=wang, actor=wang, mailbox=box.address)
    for page in (as_wang.get("/mail/mx/log/"), desk.get(page_of(wang))):
        assertContains(page, "All sessions ended")
