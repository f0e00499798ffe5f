"""A suspension holds whatever else is on its way to the mail server, on both stores. The doveadm here only pretends."""

import json
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import transaction
from django.utils import timezone

from accounts.models import Person
from mailboxes.applying import services as applying
from mailboxes.models import Application, Delegation, Finding, Job, Mailbox, MailService
from mailboxes.provisioning import outbox, tasks
from mailboxes.provisioning.life import services as life
from mailboxes.provisioning.stores import registry
from mailboxes.provisioning.stores.dovecot import accounts, schema
from mailboxes.provisioning.stores.dovecot.deadline import Deadline
from mailboxes.provisioning.stores.dovecot.store import FOLDERS
from mailboxes.provisioning.stores.maildir import MaildirStore
from tests.conftest import MakePerson
from tests.unit.mailboxes.reconciled import Open, lose, opened, store
from tests.unit.mailboxes.test_dovecot_faults import listening, request_of

pytestmark = pytest.mark.thorough

__all__ = ["opened", "store"]
PASSWORD = "copper-kettle-ninety-seals"


@pytest.fixture
def mail_database(settings: LazySettings, tmp_path: Path) -> str:
    url = settings.MAIL_DATABASE_URL = f"sqlite:///{tmp_path / 'mail.sqlite3'}"
    schema.make(url)
    settings.DOVEADM_API_KEY, settings.DOVEADM_URL = "key", "http://127.0.0.1:1"  # nobody listens there
    return url


@pytest.fixture
def doveadm(settings: LazySettings, mail_database: str) -> Iterator[None]:
    """One that has the folders and the letter of everybody in the database, and nobody signed in."""

    def answer(name: str, asked: dict[str, list[str]]) -> object:
        if name == "mailboxStatus":
            return [{"mailbox": folder} for folder in FOLDERS]
        if name != "user":
            return [{"uid": "1"}] if name == "search" else []
        with accounts.opened(mail_database, Deadline(5)) as rows:
            seen = rows.rows(asked["userMask"])
        return {who: {"quota_rule": row.quota_rule, "portal_revision": str(row.revision)} for who, row in seen.items()}

    def talk(connection: socket.socket) -> None:
        commands = json.loads(request_of(connection).partition(b"\r\n\r\n")[2])
        answers = [[answer(name, asked), tag] for name, asked, tag in commands]
        unknown = ["error", {"exitCode": 67}]  # of "user" for somebody whom the view does not show
        body = json.dumps([[*(unknown if said == {} else ["doveadmResponse", said]), tag] for said, tag in answers]).encode()
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    with listening(talk) as place:
        settings.DOVEADM_URL = f"http://{place.host}:{place.port}"
        yield


@pytest.fixture
def administrator(make_person: MakePerson) -> Person:
    return make_person("z30003", is_staff=True)


def on_dovecot(box: Mailbox, mail_database: str) -> Mailbox:
    box.service.store = "dovecot"
    box.service.save()
    with accounts.opened(mail_database, Deadline(5)) as rows:
        rows.put(box.address, password_hash="{ARGON2ID}x", quota=box.service.quota_bytes, letter_id="", revision=0)
        rows.open(box.address)
    return box


def run_all() -> None:
    """As the workers do: each job that is due, in its order, until none can be done."""
    for _round in range(4):
        for number in Job.objects.filter(state="waiting").order_by("pk").values_list("pk", flat=True):
            tasks.run(number)


def steal(box: Mailbox, administrator: Person) -> None:
    box.refresh_from_db()
    life.suspend(box, cause="theft", reason="Stolen.", actor=administrator, now=timezone.now())


def set_password(box: Mailbox) -> Job:
    box.refresh_from_db()
    return applying.change_password(box, password=PASSWORD, address="192.0.2.1", now=timezone.now())


def state_of(box: Mailbox) -> str:
    found = registry.named(box.service.store).accounts([box.address]).get(box.address)
    return found.state if found else "none"


# --- made anew -----------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["maildir", "dovecot"])
def missing(request: pytest.FixtureRequest, opened: Open, store: MaildirStore, mail_database: str, doveadm: None) -> Mailbox:
    """A mailbox that its server has lost; somebody has asked for its repair."""
    box = opened()
    if request.param == "maildir":
        lose(store, box.address)
    else:
        on_dovecot(box, mail_database)
        with accounts.opened(mail_database, Deadline(5)) as rows:
            rows.delete(box.address)
    now = timezone.now()
    seen = {"first_seen": now, "last_seen": now, "repair_asked_at": now}
    Finding.objects.create(service=box.service, mailbox=box, address=box.address, kind="missing", **seen)
    return box


def test_a_mailbox_that_is_suspended_is_made_anew_suspended(missing: Mailbox, administrator: Person) -> None:
    steal(missing, administrator)
    job = set_password(missing)
    run_all()
    job.refresh_from_db()
    assert (job.state, state_of(missing)) == ("done", "suspended")
    assert registry.named(missing.service.store).takes(missing.address, PASSWORD)
    missing.refresh_from_db()
    life.lift(missing, actor=administrator, now=timezone.now())
    run_all()
    assert state_of(missing) == "open"


def test_once_made_anew_its_passwords_are_passwords_again(missing: Mailbox, administrator: Person) -> None:
    set_password(missing)
    run_all()
    assert state_of(missing) == "open"
    assert Finding.objects.get().resolved_at is not None
    steal(missing, administrator)
    set_password(missing)
    run_all()
    assert state_of(missing) == "suspended"


def test_one_that_was_lifted_between_two_tries_is_made_open(missing: Mailbox, administrator: Person) -> None:
    steal(missing, administrator)
    run_all()
    job = set_password(missing)
    claimed = outbox.claim(job.pk, now=timezone.now())
    assert claimed
    tasks._converge(claimed)
    Job.objects.filter(pk=job.pk).update(leased_until=None)  # its worker died before it said so
    missing.refresh_from_db()
    life.lift(missing, actor=administrator, now=timezone.now(), anyway=True)
    run_all()
    assert state_of(missing) == "open"
    assert not Job.objects.filter(state="waiting").exists()


def test_one_that_is_closed_is_not_made_open(missing: Mailbox, administrator: Person) -> None:
    set_password(missing)
    missing.refresh_from_db()
    life.close_now(missing, reason="Gone.", actor=administrator, now=timezone.now())
    run_all()
    assert state_of(missing) == "none"


# --- behind others -------------------------------------------------------------------------------------------------------


@pytest.fixture
def stolen(opened: Open, mail_database: str) -> Mailbox:
    """On Dovecot, whose database can be written and whose doveadm does not answer; a password has been tried in vain."""
    box = on_dovecot(opened(), mail_database)
    set_password(box)
    run_all()
    assert Job.objects.get().last_error.startswith("store-unavailable")
    return box


def may_sign_in(box: Mailbox, mail_database: str) -> bool:
    with accounts.opened(mail_database, Deadline(5)) as rows:
        return rows.seen(box.address).may_sign_in


def test_a_suspension_waits_for_no_older_job(stolen: Mailbox, administrator: Person, mail_database: str) -> None:
    steal(stolen, administrator)
    assert may_sign_in(stolen, mail_database)
    run_all()  # doveadm is out still: sessions cannot be ended, but nobody begins one
    assert not may_sign_in(stolen, mail_database)


def test_nor_for_the_job_of_a_worker_that_died(stolen: Mailbox, administrator: Person, mail_database: str) -> None:
    Job.objects.update(leased_until=timezone.now() + outbox.LEASE)
    steal(stolen, administrator)
    run_all()
    assert not may_sign_in(stolen, mail_database)


def test_the_password_that_it_overtook_is_set_behind_it_and_is_no_newer(
    stolen: Mailbox, administrator: Person, request: pytest.FixtureRequest
) -> None:
    late = outbox.claim(Job.objects.get().pk, now=timezone.now() + outbox.LEASE)
    assert late
    steal(stolen, administrator)
    assert list(Job.objects.order_by("pk").values_list("kind", "state")) == [
        ("password", "dropped"),
        ("suspend", "waiting"),
        ("password", "waiting"),
    ]
    assert not Job.objects.exclude(state="waiting").exclude(password_hash="").exists()
    request.getfixturevalue("doveadm")
    run_all()
    assert outbox.settle(late, now=timezone.now()) is False
    assert state_of(stolen) == "suspended"
    assert registry.named("dovecot").takes(stolen.address, PASSWORD)
    stolen.refresh_from_db()
    assert life.new_password(stolen) is None  # it was asked for before: by the thief perhaps


def test_a_lift_that_is_overtaken_comes_no_more(stolen: Mailbox, administrator: Person, mail_database: str) -> None:
    steal(stolen, administrator)
    stolen.refresh_from_db()
    life.lift(stolen, actor=administrator, now=timezone.now(), anyway=True)
    steal(stolen, administrator)
    waiting = Job.objects.filter(state="waiting").order_by("pk")
    assert list(waiting.values_list("kind", flat=True)) == ["suspend", "password"]


def test_a_lift_waits_for_the_suspension(opened: Open, administrator: Person) -> None:
    box = opened()
    steal(box, administrator)
    box.refresh_from_db()
    life.lift(box, actor=administrator, now=timezone.now(), anyway=True)
    assert outbox.claim(Job.objects.get(kind="resume").pk, now=timezone.now()) is None


def test_what_waits_for_another_spelling_of_the_name_is_left(opened: Open) -> None:
    box = opened("hm.wang")
    with transaction.atomic():
        outbox.put(box, Job.Kind.CLOSE, now=timezone.now())
        box.local_part = "hmwang"
        outbox.put(box, Job.Kind.CLOSE, now=timezone.now())
    assert Job.objects.filter(state="waiting").count() == 2


def test_a_closing_shuts_its_owner_out_before_it_takes_from_others(
    stolen: Mailbox, opened: Open, administrator: Person, mail_database: str
) -> None:
    now = timezone.now()
    days = {"starts_at": now, "ends_at": now + timedelta(days=9), "reason": "x", "folders": ["INBOX"], "state": "accepted"}
    Delegation.objects.create(mailbox=stolen, delegate=opened("sflin"), given_at=now, **days)
    stolen.refresh_from_db()
    life.close_now(stolen, reason="Gone.", actor=administrator, now=now)
    run_all()
    assert not may_sign_in(stolen, mail_database)


# --- half made -----------------------------------------------------------------------------------------------------------


def test_what_was_cancelled_half_made_takes_no_letters_until_it_is_wanted_again(
    opened: Open, mail_database: str, request: pytest.FixtureRequest
) -> None:
    box = opened("hmwang", state="pending")
    MailService.objects.update(store="dovecot")

    def apply() -> Application:
        asked = {"state": "pending", "submitted_at": timezone.now(), "chosen_name": "hmwang"}
        application = Application.objects.create(person=box.person, service=box.service, mailbox=box, **asked)
        with transaction.atomic():
            outbox.put(box, Job.Kind.CREATE, now=timezone.now(), password_hash="{ARGON2ID}x")
        run_all()
        return application

    def has_postfix() -> bool:
        with accounts.connected(mail_database, Deadline(5)) as run:
            return run("SELECT address FROM postfix_mailboxes") == [(box.address,)]

    application = apply()
    assert has_postfix()
    applying.cancel(application, now=timezone.now())
    run_all()
    assert not has_postfix()
    request.getfixturevalue("doveadm")
    Job.objects.filter(state="waiting").update(due_at=timezone.now())
    Mailbox.objects.update(state="pending")
    apply()
    box.refresh_from_db()
    assert (has_postfix(), box.state, state_of(Mailbox.objects.get())) == (True, "active", "open")
