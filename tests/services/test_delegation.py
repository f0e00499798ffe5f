"""Delegation the whole way: two people's pages, a real worker, a real mail server, and the delegate's mail program."""

import imaplib
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from accounts.models import AuditEvent, Person
from mailboxes.models import Delegation, Job, Mailbox, MailService
from mailboxes.owning import patience
from mailboxes.provisioning import outbox, sharing, tasks
from mailboxes.provisioning.hashing import hash_password
from mailboxes.provisioning.stores.dovecot.deadline import Deadline
from mailboxes.provisioning.stores.dovecot.store import DovecotStore
from tests.conftest import SUSPENDED, SignIn
from tests.mailserver import MailServer
from tests.servers import free_port
from tests.services.conftest import FIRST, QUOTA, done, letter, numbers, signed_in
from tests.services.working import ring, until

NEW, BOX = "/mail/mx/delegation/new/", "/mail/mx/box/delegation/"
DAY = timedelta(days=1)


class Two:
    """王小明 gives, 林淑芬 takes: their mailboxes and their browsers. What needs the worker asks for it besides."""

    def __init__(self, owner: Mailbox, delegate: Mailbox, sign_in: SignIn, broker: str, server: MailServer) -> None:
        self.owner, self.delegate = owner, delegate
        self.as_owner, self.as_delegate = sign_in(owner.person), sign_in(delegate.person)
        self.broker, self.server = broker, server

    def form(self, **other: object) -> dict[str, object]:
        today = timezone.localdate()
        return {
            "folders": ["INBOX"],
            "rights": "read",
            "address": self.delegate.address,
            "first_day": today,
            "last_day": today + 30 * DAY,
            "reason": "I am abroad",
        } | other

    def offered(self, **other: object) -> Delegation:
        self.as_owner.post(NEW, self.form(**other))
        return Delegation.objects.latest("pk")

    def accepted(self, **other: object) -> Delegation:
        delegation = self.offered(**other)
        self.act(self.as_delegate, delegation, "accept")
        return delegation

    def act(self, client: Client, delegation: Delegation, what: str) -> None:
        assert client.post(f"/mail/mx/delegation/{delegation.pk}/", {"do": what}).status_code == 302
        self.work()

    def work(self) -> None:
        """Have the worker do what waits."""
        for job in Job.objects.filter(state="waiting").order_by("pk"):
            ring(self.broker, outbox.RUN, job.pk)
            until(lambda job=job: done(job))  # type: ignore[misc]

    def reads(self, folder: str = "INBOX") -> bool:
        """Whether the delegate's mail program opens it."""
        with signed_in(self.server, self.delegate.address, FIRST) as client:
            try:
                return client.select(f'"shared/{self.owner.address}/{folder}"', readonly=True)[0] == "OK"
            except imaplib.IMAP4.readonly:
                return True


@pytest.fixture
def two(
    services: dict[str, MailService],
    wang: Person,
    professor: Person,
    server: MailServer,
    store: DovecotStore,
    transactional_db: None,
    broker: str,
    sign_in: SignIn,
    settings: LazySettings,
) -> Two:
    cache.clear()
    MailService.objects.update(store="dovecot")
    for name, value in server.env().items():
        setattr(settings, name, value)
    boxes = []
    for person in (wang, professor):
        name = f"person{next(numbers)}"
        box = Mailbox.objects.create(
            service=services["mx"], person=person, local_part=name, domain="mx.nthu.edu.tw", stem=name, stem_number=1,
            state="active", active_at=timezone.now(),
        )  # fmt: skip
        store.ensure(box.address, password_hash=hash_password(FIRST), quota=QUOTA, welcome=letter(box.address), revision=1)
        boxes.append(box)
    return Two(*boxes, sign_in, broker, server)


def test_a_delegate_reads_once_they_have_accepted_and_can_no_more_after_the_end(two: Two, worker: Path) -> None:
    delegation = two.offered()
    assert not two.reads()
    two.act(two.as_delegate, delegation, "accept")
    assert two.reads()
    assert not two.reads("Sent")
    for client in (two.as_owner, two.as_delegate):
        assertContains(client.get(BOX), "Accepted")
    assertContains(two.as_owner.get(BOX), "The mail server has just what stands here.")
    with signed_in(two.server, two.delegate.address, FIRST) as program:
        program.select(f'"shared/{two.owner.address}/INBOX"', readonly=True)
        two.act(two.as_owner, delegation, "end")
        program.sock.settimeout(20)
        assert program.readline().startswith(b"* BYE")
    assert not two.reads()
    verbs = AuditEvent.objects.filter(person=two.delegate.person).order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == [f"delegation.{what}" for what in ("offered", "accepted", "begun", "ended", "stopped")]


def test_it_begins_and_ends_with_the_time_though_no_bell_was_heard(two: Two, worker: Path) -> None:
    today = timezone.localdate()
    delegation = two.accepted(first_day=today + DAY, last_day=today + DAY)
    assert not two.reads()
    now = timezone.now()
    Delegation.objects.update(starts_at=now - DAY)
    tasks.sweep()
    two.work()
    assert two.reads()
    Delegation.objects.update(ends_at=now)
    with signed_in(two.server, two.delegate.address, FIRST) as program:
        tasks.sweep()
        two.work()
        program.sock.settimeout(20)
        assert program.readline().startswith(b"* BYE")
    assert not two.reads()
    delegation.refresh_from_db()
    assert (delegation.state, delegation.given_at) == ("ended", None)


@pytest.mark.parametrize("who", ["owner", "delegate"])
def test_suspending_either_closes_it_and_resuming_opens_it_again(
    two: Two, worker: Path, store: DovecotStore, who: str
) -> None:
    two.accepted()
    box = two.owner if who == "owner" else two.delegate
    for state, kind, has in (("suspended", "suspend", {}), ("active", "resume", {two.delegate.address: "read"})):
        held = SUSPENDED if state == "suspended" else {"hold": "", "cause": "", "held_at": None}
        Mailbox.objects.filter(pk=box.pk).update(**{"state": state} | held)
        Job.objects.create(mailbox=box, address=box.address, kind=kind, due_at=timezone.now())
        tasks.sweep()
        two.work()
        assert store.shared(two.owner.address)["INBOX"] == has
    assert two.reads()


def test_the_box_says_where_the_server_has_something_else_and_an_hourly_look_mends_it(two: Two, worker: Path) -> None:
    with signed_in(two.server, two.owner.address, FIRST) as program:
        program.create("Projects")
        two.accepted(folders=["INBOX", "Projects"])
        program.create("Projects/secret")
        program.delete("Projects")
    shown = two.as_owner.get(BOX)
    for words in ("The mail server has something else", "Projects/secret", "here it says nothing", "there “read only”"):
        assertContains(shown, words)
    sharing.look_again(timezone.now())
    two.work()
    shown = two.as_owner.get(BOX)
    assertNotContains(shown, "secret")
    assertContains(shown, "folder “Projects”")
    assertContains(shown, "there is no such folder any more")


WRONG: list[tuple[dict[str, object], str]] = [
    ({"folders": []}, "Choose one folder or more."),
    ({"folders": ["Nowhere"]}, "There is no folder “Nowhere” any more."),
    ({"folders": ["INBOX\r\nSent"]}, "There is no folder"),
    ({"folders": ["x" * 255]}, "There is no folder"),
    ({"folders": ["&Jjo-"]}, "There is no folder"),
    ({"folders": ['"/../']}, "There is no folder"),
    ({"address": ""}, "Type the address of the other person."),
    ({"address": "nobody@mx.nthu.edu.tw"}, "No mailbox in use of this service has that address."),
    ({"address": "x\0y@mx.nthu.edu.tw"}, "Null characters are not allowed."),
    ({"first_day": "yesterday"}, "Write a date as 2026-11-22."),
    ({"first_day": "2020-01-01"}, "This day is over."),
    ({"last_day": ""}, "Write a date as 2026-11-22."),
    ({"last_day": "9999-12-31"}, "A year is the longest."),
    ({"last_day": "2020-01-01"}, "The last day is before the first."),
    ({"reason": ""}, "Say why in a few words."),
    ({"reason": "x" * 201}, "at most 200"),
    ({"rights": "everything"}, "not one of the available choices"),
]


def test_the_form_says_what_is_wrong_and_keeps_what_was_typed(two: Two) -> None:
    for change, said in WRONG:
        page = two.as_owner.post(NEW, two.form(**change))
        assertContains(page, said)
        if "reason" not in change:
            assertContains(page, 'value="I am abroad"')
    assert not Delegation.objects.exists()


def test_folders_of_strange_names_are_offered_given_and_listed(two: Two, worker: Path, store: DovecotStore) -> None:
    strange = ["&Jjo-", 'with "quotes" & <tags>', "課程/一○三學年", " blank", "漢" * 60]
    store.doveadm.ask(Deadline(9), ("mailboxCreate", {"user": two.owner.address, "mailbox": strange}))
    two.accepted(folders=strange)
    assert {name for name, people in store.shared(two.owner.address).items() if people} == set(strange)
    assertContains(two.as_owner.get(BOX), "with &quot;quotes&quot; &amp; &lt;tags&gt;")


def test_a_server_that_is_down_or_has_no_such_mailbox_is_said_and_the_job_waits(
    two: Two, worker: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    delegation = two.offered()
    settings.DOVEADM_URL = f"http://127.0.0.1:{free_port()}"
    assertContains(two.as_owner.get(NEW), "cannot be asked at this moment")
    assertContains(two.as_owner.get(BOX), "cannot be asked now whether it holds to this")
    two.as_delegate.post(f"/mail/mx/delegation/{delegation.pk}/", {"do": "accept"})
    job = Job.objects.get()
    tasks.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.last_error[:17]) == ("waiting", "store-unavailable")
    settings.DOVEADM_URL = two.server.env()["DOVEADM_URL"]
    Job.objects.update(due_at=timezone.now())
    two.work()
    assert two.reads()
    monkeypatch.setattr(patience, "_silent_until", {})  # the seconds have passed
    Mailbox.objects.filter(pk=two.owner.pk).update(local_part="gone", stem="gone")
    assertContains(two.as_owner.get(BOX), "no-such-mailbox")


def test_a_job_for_a_mailbox_that_the_server_has_lost_ends_when_nothing_is_to_be_open(two: Two, worker: Path) -> None:
    delegation = two.accepted()
    Mailbox.objects.filter(pk=two.owner.pk).update(local_part="gone", stem="gone")
    two.act(two.as_owner, delegation, "end")
    delegation.refresh_from_db()
    assert delegation.given_at is None
