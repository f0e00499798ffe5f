"""What the boxes of the mailbox page show and do, on a real Dovecot."""

import imaplib
from collections.abc import Callable

import pytest
from django.utils import timezone
from pytest_django import Settings
from pytest_django.asserts import assertContains

from accounts.models import AuditEvent, Letter, Person
from mailboxes.models import FullnessWarning, Mailbox, MailService
from mailboxes.provisioning import fullness
from mailboxes.provisioning.hashing import hash_password
from mailboxes.provisioning.stores import Emptied, NoSuchMailbox, StoreMismatch
from mailboxes.provisioning.stores.dovecot.deadline import Deadline
from mailboxes.provisioning.stores.dovecot.store import DovecotStore
from tests.conftest import SignIn
from tests.mailserver import MailServer
from tests.services.conftest import FIRST, QUOTA, letter, signed_in

HASH = hash_password(FIRST)
LETTER = b"Subject: lunch\r\n\r\nAt noon?\r\n"


@pytest.fixture
def box(store: DovecotStore, address: str) -> str:
    """The address of a mailbox with its welcome letter."""
    store.ensure(address, password_hash=HASH, quota=QUOTA, welcome=letter(address), revision=1)
    return address


@pytest.fixture
def open_mailbox(
    server: MailServer, box: str, services: dict[str, MailService], wang: Person, settings: Settings
) -> Mailbox:
    """王小明's mailbox of that address on that server, as the portal knows it."""
    for name, value in server.env().items():
        setattr(settings, name, value)
    MailService.objects.filter(slug="mx").update(store="dovecot")
    local_part, _, domain = box.partition("@")
    return Mailbox.objects.create(
        service=MailService.objects.get(slug="mx"),
        person=wang,
        local_part=local_part,
        domain=domain,
        stem=local_part,
        stem_number=1,
        state="active",
        active_at=timezone.now(),
    )


def put(server: MailServer, address: str, folder: str, count: int, octets: int = 0) -> None:
    with signed_in(server, address, FIRST) as client:
        for _ in range(count):
            client.append(folder, "", None, LETTER + b"x" * octets)


def mark_of(store: DovecotStore, address: str, folder: str) -> str:
    return next(found.mark for found in store.folders(address) if found.name == folder)


def in_folder(server: MailServer, address: str, folder: str) -> int:
    with signed_in(server, address, FIRST) as client:
        return int(client.select(folder, readonly=True)[1][0] or 0)


# --- the store --------------------------------------------------------------------------------------------------------


def test_emptying_takes_what_was_seen_and_nothing_that_came_later(server: MailServer, store: DovecotStore, box: str) -> None:
    put(server, box, "Trash", 3)
    mark = mark_of(store, box, "Trash")
    put(server, box, "Trash", 2)
    assert store.empty(box, "Trash", mark) == Emptied(removed=3, left=2)
    assert store.empty(box, "Trash", mark) == Emptied(removed=0, left=2)
    assert in_folder(server, box, "Trash") == 2
    assert store.empty(box, "Trash", mark_of(store, box, "Trash")) == Emptied(removed=2, left=0)
    assert in_folder(server, box, "Trash") == 0
    assert in_folder(server, box, "INBOX") == 1


def test_a_folder_that_was_empty_stays_as_it_is(server: MailServer, store: DovecotStore, box: str) -> None:
    mark = mark_of(store, box, "Junk")
    put(server, box, "Junk", 1)
    assert store.empty(box, "Junk", mark) == Emptied(removed=0, left=1)


def test_the_mark_of_a_folder_that_was_made_anew_is_too_old(server: MailServer, store: DovecotStore, box: str) -> None:
    put(server, box, "Trash", 2)
    mark = mark_of(store, box, "Trash")
    with signed_in(server, box, FIRST) as client:
        client.delete("Trash")
        client.create("Trash")
    put(server, box, "Trash", 2)
    assert store.empty(box, "Trash", mark) == Emptied(removed=0, left=2)
    with pytest.raises(StoreMismatch):
        store.empty(box, "Nowhere", mark)


def test_all_are_asked_at_once_how_full_they_are(server: MailServer, store: DovecotStore, box: str) -> None:
    other = f"other-{box}"
    store.ensure(other, password_hash=HASH, quota=2 * QUOTA, welcome=letter(other), revision=1)
    put(server, box, "Sent", 1, octets=1024 * 1024)
    found = store.capacities([box, "nobody@mx.nthu.edu.tw", other])
    assert {address: capacity.limit for address, capacity in found.items()} == {box: QUOTA, other: 2 * QUOTA}
    assert found[box].used > 1024 * 1024 > found[other].used
    assert found[box] == store.capacity(box)
    with pytest.raises(NoSuchMailbox):
        store.capacity("nobody@mx.nthu.edu.tw")


def test_a_mailbox_without_a_limit_has_none(store: DovecotStore, address: str) -> None:
    store.ensure(address, password_hash=HASH, quota=0, welcome=letter(address), revision=1)
    assert store.capacity(address).limit == 0


def test_every_session_ends_and_ending_none_is_no_trouble(server: MailServer, store: DovecotStore, box: str) -> None:
    with signed_in(server, box, FIRST) as client:
        client.noop()
        store.end_sessions(box)
        client.sock.settimeout(20)
        with pytest.raises((imaplib.IMAP4.abort, OSError)):
            for _ in range(3):
                client.noop()
    store.end_sessions(box)
    assert in_folder(server, box, "INBOX") == 1  # whoever knows the password comes in again


# --- the pages --------------------------------------------------------------------------------------------------------


def test_the_boxes_show_the_mailbox_and_names_of_every_kind_stay_on_one_line(
    server: MailServer, store: DovecotStore, open_mailbox: Mailbox, wang: Person, sign_in: SignIn
) -> None:
    address = open_mailbox.address
    names = ["封存/2026", 'a"b<script>', "x" * 200]
    # A mail program cannot make the last one; whoever comes to the disk can.
    for name in [*names, "two\nlines"]:
        store.doveadm.ask(Deadline(9), ("mailboxCreate", {"user": address, "mailbox": [name]}))
    browser = sign_in(wang)
    capacity = browser.get("/mail/mx/box/capacity/")
    assertContains(capacity, "5 MB")
    assertContains(capacity, "There is room enough.")
    folders = browser.get("/mail/mx/box/folders/")
    for shown in ("封存/2026", "a&quot;b&lt;script&gt;", "x" * 200, "Inbox"):
        assertContains(folders, f"<bdi>{shown}</bdi>")
    assert "two\nlines" not in folders.content.decode()


def test_the_trash_is_emptied_after_the_question_and_the_event_is_written(
    server: MailServer, store: DovecotStore, open_mailbox: Mailbox, wang: Person, sign_in: SignIn
) -> None:
    address, browser = open_mailbox.address, sign_in(wang)
    put(server, address, "Trash", 3)
    assertContains(browser.get("/mail/mx/box/folders/"), 'href="/mail/mx/folders/trash/empty/"')
    question = browser.get("/mail/mx/folders/trash/empty/")
    assertContains(question, "Letters in it: 3")
    assert in_folder(server, address, "Trash") == 3
    put(server, address, "Trash", 1)
    mark = question.context["found"].mark
    done = browser.post("/mail/mx/folders/trash/empty/", {"mark": mark})
    assertContains(done, "Letters taken away from the folder “Trash”: 3.")
    assertContains(done, "still there: 1.")
    assert in_folder(server, address, "Trash") == 1
    again = browser.post("/mail/mx/folders/trash/empty/", {"mark": mark})
    assertContains(again, "There was nothing to take away")
    event = AuditEvent.objects.get(verb="folder.emptied")
    assert (event.person, event.mailbox, event.details) == (wang, address, {"folder": "Trash", "letters": 3})


def test_sessions_end_after_the_question(server: MailServer, open_mailbox: Mailbox, wang: Person, sign_in: SignIn) -> None:
    browser = sign_in(wang)
    with signed_in(server, open_mailbox.address, FIRST) as client:
        assertContains(browser.get("/mail/mx/sessions/end/"), "End all sessions?")
        client.noop()
        assertContains(browser.post("/mail/mx/sessions/end/"), "All sessions have ended")
        client.sock.settimeout(20)
        with pytest.raises((imaplib.IMAP4.abort, OSError)):
            for _ in range(3):
                client.noop()
    assert AuditEvent.objects.filter(verb="sessions.ended", person=wang).count() == 1


# --- warnings ---------------------------------------------------------------------------------------------------------


def test_a_mailbox_that_gets_full_gets_one_letter_for_each_level(
    server: MailServer, store: DovecotStore, open_mailbox: Mailbox
) -> None:
    address = open_mailbox.address
    look: Callable[[], object] = lambda: fullness.warn(open_mailbox.service, after=0, now=timezone.now())  # noqa: E731
    told: Callable[[], list[int]] = lambda: [row.context["percent"] for row in Letter.objects.order_by("pk")]  # noqa: E731
    look()
    assert told() == []
    put(server, address, "Trash", 1, octets=int(QUOTA * 0.82))
    look()
    look()
    assert told() == [82]
    put(server, address, "Sent", 1, octets=int(QUOTA * 0.14))
    look()
    assert told() == [82, 96]  # two levels at once are one letter
    store.empty(address, "Trash", mark_of(store, address, "Trash"))
    look()
    assert FullnessWarning.objects.get().level == 0
    put(server, address, "Trash", 1, octets=int(QUOTA * 0.8))
    look()
    assert told() == [82, 96, 94]
    assert {row.to for row in Letter.objects.all()} == {address}
