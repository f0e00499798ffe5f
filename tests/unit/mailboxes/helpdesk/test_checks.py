"""Why somebody cannot sign in or read mail: each answer from real rows and a real store, also where that store is dead."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains

from accounts import audit
from accounts.models import Person
from mailboxes.models import Application, Job, LoginRecord, Mailbox, MailService
from mailboxes.provisioning import welcome
from mailboxes.provisioning.stores.maildir import MaildirStore
from mailboxes.reviewing.helpdesk import mailbox_checks, why
from mailboxes.reviewing.helpdesk.answers import LEVELS
from sso_bridge.models import Refusal
from tests.conftest import SUSPENDED, AgreeAll, in_state
from tests.unit.mailboxes.conftest import MakeMailbox
from tests.unit.mailboxes.helpdesk.conftest import why_of

pytestmark = pytest.mark.thorough

LIMIT = 1_000_000
Said = dict[str, tuple[str, str]]


@pytest.fixture
def store(settings: LazySettings, tmp_path: Path) -> MaildirStore:
    settings.MAILDIR_ROOT = tmp_path / "mail"
    return MaildirStore(tmp_path / "mail")


@pytest.fixture
def box(store: MaildirStore, make_mailbox: MakeMailbox) -> Mailbox:
    """In use, and on the embedded store."""
    mailbox = make_mailbox("hmwang")
    MailService.objects.filter(slug="mx").update(store="maildir")
    store.ensure(mailbox.address, password_hash="x", quota=LIMIT, welcome=welcome.letter(mailbox), revision=1)
    return mailbox


def said(person: Person, group: str = "MX") -> Said:
    """The first answer of each box of a service, or of the portal: how bad, and the sentence with the next step."""
    person.refresh_from_db()
    for heading, boxes in why.checked(person, now=timezone.now()):
        if group in heading:
            first = {box.heading: box.answers[0] for box in boxes}
            return {name: (answer.level, f"{answer.sentence} {answer.step}") for name, answer in first.items()}
    raise AssertionError(f"no group {group}")


def expect(answer: tuple[str, str], level: str, *words: str) -> None:
    assert answer[0] == level, answer
    for word in words:
        assert word in answer[1]


# --- the portal -----------------------------------------------------------------------------------------------------------


def test_an_account_that_is_closed_new_or_in_order(wang: Person, services: dict[str, MailService]) -> None:
    expect(said(wang, "portal")["Account in the portal"], "amber", "nobody has signed in")
    Person.objects.filter(pk=wang.pk).update(last_login=timezone.now())
    expect(said(wang, "portal")["Account in the portal"], "good", "Last sign-in")
    Person.objects.filter(pk=wang.pk).update(is_active=False)
    expect(said(wang, "portal")["Account in the portal"], "red", "closed", "Only an administrator")


def test_refused_hand_offs_by_their_reference(wang: Person, services: dict[str, MailService]) -> None:
    expect(said(wang, "portal")["Refused sign-ins"], "good", "H-…")
    Refusal.objects.create(reference="H-7QK2MX4T", code="ip-mismatch", issuer="x", subject="z99999")
    audit.record("handoff.refused", person=wang, code="ip-mismatch", reference="H-7QK2MX4T", number="z99999")
    expect(said(wang, "portal")["Refused sign-ins"], "amber", "Your network address has changed", "H-7QK2MX4T")


# --- the service ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "level", "words"),
    [("一般", "good", "can have"), ("留停", "red", "Personnel Office"), ("借調", "amber", "a reviewer decides")],
)
def test_the_condition_against_the_rule(
    wang: Person, services: dict[str, MailService], condition: str, level: str, words: str
) -> None:
    MailService.objects.filter(slug="mx").update(
        eligible={"staff": ["一般"]}, open_to_appeal={"staff": ["借調"]}, review="warning"
    )
    Person.objects.filter(pk=wang.pk).update(condition=condition)
    expect(said(wang)["Right to the service"], level, words, condition)


def test_a_service_that_is_closed(wang: Person, services: dict[str, MailService]) -> None:
    MailService.objects.filter(slug="mx").update(is_open=False)
    expect(said(wang)["Right to the service"], "red", "takes no applications")


def test_policies_to_agree_to(as_wang: Client, wang: Person, agree_all: AgreeAll) -> None:
    expect(said(wang)["Policies"], "amber", "Not agreed to yet", "agree there")
    agree_all(as_wang, "mx")
    expect(said(wang)["Policies"], "good")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("draft", "waits for the caller"),
        ("held", "no account name could be made"),
        ("review", "within 48 hours"),
        ("asked", "answer to a reviewer"),
        ("pending", "is being opened"),
    ],
)
def test_an_open_application_and_whom_it_waits_for(wang: Person, make_mailbox: MakeMailbox, state: str, words: str) -> None:
    now = timezone.now()
    fields: dict[str, Any] = {"queued_at": now}
    if state in ("review", "asked", "pending"):
        fields |= {"mailbox": make_mailbox("hmwang", state="pending"), "submitted_at": now}
    if state in ("review", "asked"):
        fields["password_hash"] = "x"
    application = Application.objects.create(person=wang, service=MailService.objects.get(slug="mx"), state=state, **fields)
    expect(said(wang)["Application"], "amber", words, application.reference)


def test_no_application_or_one_that_was_rejected(wang: Person, services: dict[str, MailService]) -> None:
    expect(said(wang)["Application"], "amber", "not applied")
    Application.objects.create(person=wang, service=services["mx"], state="rejected", reference="A-0000000R")
    expect(said(wang)["Application"], "amber", "A-0000000R", "apply again")


# --- the mailbox ----------------------------------------------------------------------------------------------------------


def test_a_mailbox_in_order_is_green_everywhere(wang: Person, box: Mailbox, as_wang: Client, agree_all: AgreeAll) -> None:
    found = said(wang)
    expect(found["On the mail server"], "good", "folders 5, letters 1")
    expect(found["Room"], "good", "0 %")
    expect(found["State of the mailbox"], "good", "not suspended")
    expect(found["Waiting at the mail server"], "good")
    expect(found["Application"], "good")


def test_a_suspended_one_with_the_reason(wang: Person, box: Mailbox) -> None:
    Mailbox.objects.filter(pk=box.pk).update(**SUSPENDED)
    told = ("Suspended", "Reason: A rule was broken – Advertising to all of the campus.")
    expect(said(wang)["State of the mailbox"], "red", *told)
    ends = dict.fromkeys(("close_asked_at", "closes_at", "next_at"), timezone.now())
    Mailbox.objects.filter(pk=box.pk).update(**in_state("leaving") | {"cause": "owner"}, **ends, warned_days=30)
    expect(said(wang)["State of the mailbox"], "amber", "In use, but ending", "Reason: Its owner wanted it")


def test_a_job_that_waits_with_its_last_error_in_words(wang: Person, box: Mailbox) -> None:
    job = Job.objects.create(
        mailbox=box, address=box.address, kind="password", password_hash="x", due_at=timezone.now(), attempts=0
    )
    expect(said(wang)["Waiting at the mail server"], "amber", "Set the password", "first try")
    Job.objects.filter(pk=job.pk).update(attempts=1, last_error="store-unavailable: connect to 10.0.0.1: refused")
    expect(said(wang)["Waiting at the mail server"], "amber", "the mail server did not answer")
    Job.objects.filter(pk=job.pk).update(attempts=9, last_error="fault: KeyError")
    expect(said(wang)["Waiting at the mail server"], "red", "Tried 9 times", "the portal itself had a fault")


@pytest.mark.parametrize(("percent", "level"), [(79, "good"), (81, "amber"), (96, "red")])
def test_how_full_it_is(wang: Person, box: Mailbox, store: MaildirStore, percent: int, level: str) -> None:
    maildir = store.root / box.domain / box.local_part / "Maildir"
    (maildir / "new" / "0.welcome.portal").unlink()
    (maildir / "cur" / "1.big:2,S").write_bytes(b"x" * (percent * LIMIT // 100))
    expect(said(wang)["Room"], level, f"{percent} %")


def test_one_that_the_server_has_not(wang: Person, box: Mailbox, store: MaildirStore) -> None:
    (store.root / "users").unlink()
    expect(said(wang)["On the mail server"], "red", "no such mailbox", "operators")


def test_one_that_lacks_a_folder(box: Mailbox, store: MaildirStore) -> None:
    folders = [folder for folder in store.folders(box.address) if folder.name not in ("Sent", "Junk")]
    answer = mailbox_checks.whole(folders)
    expect((answer.level, answer.sentence), "amber", "without Junk, Sent")


def test_a_store_that_is_dead_leaves_the_other_boxes_standing(desk: Client, wang: Person, make_mailbox: MakeMailbox) -> None:
    make_mailbox("hmwang")  # on a Dovecot where nobody listens
    found = said(wang)
    for heading in ("On the mail server", "Room"):
        expect(found[heading], "red", "does not answer", "tell the operators")
    expect(found["State of the mailbox"], "good")
    page = desk.get(why_of(wang))
    for word in LEVELS.values():
        assertContains(page, word)


def test_a_store_that_hangs_is_not_waited_for(
    wang: Person, box: Mailbox, store: MaildirStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox_checks, "PATIENCE", 0)
    expect(said(wang)["State of the mailbox"], "good")  # and no exception
    MailService.objects.filter(slug="mx").update(store="no-such-store")
    monkeypatch.setattr(mailbox_checks, "PATIENCE", 5)
    expect(said(wang)["On the mail server"], "amber", "could not be seen")


@pytest.fixture
def told(box: Mailbox, settings: LazySettings) -> Mailbox:
    """On a mail server that tells of sign-ins."""
    settings.MAIL_EVENTS_KEY = "key-of-the-mail-server-0123456789"
    MailService.objects.filter(slug="mx").update(store="dovecot")
    return box


def logged_in(box: Mailbox, *, ago: timedelta, **fields: Any) -> None:
    usual = {"succeeded": True, "protocol": "imap", "address": "203.0.113.7"}
    LoginRecord.objects.create(**{"mailbox": box, "happened_at": timezone.now() - ago} | usual | fields)


def test_log_ins_good_and_bad(wang: Person, told: Mailbox) -> None:
    heading = "Log-ins of mail programs"
    expect(said(wang)[heading], "amber", "No log-in is on record")
    logged_in(told, ago=timedelta(hours=3), succeeded=False)
    logged_in(told, ago=timedelta(hours=2))
    expect(said(wang)[heading], "good", "Last log-in", "IMAP, 203.0.113.7", "Last one refused")
    logged_in(told, ago=timedelta(hours=1), succeeded=False, protocol="smtp")
    expect(said(wang)[heading], "red", "wrong password", "SMTP")


def test_a_mail_system_that_tells_of_no_log_ins(wang: Person, box: Mailbox) -> None:
    expect(said(wang)["Log-ins of mail programs"], "amber", "does not tell")
