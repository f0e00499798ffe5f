"""Folders that other people may use, on a real Dovecot: what a delegate's mail program can do, and can no more."""

import imaplib
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from mailboxes.logins import events
from mailboxes.provisioning.hashing import hash_password
from mailboxes.provisioning.stores import NoSuchMailbox
from mailboxes.provisioning.stores.dovecot.deadline import Deadline
from mailboxes.provisioning.stores.dovecot.store import DovecotStore
from tests.mailserver import MailServer
from tests.services.conftest import FIRST, QUOTA, letter, numbers, signed_in
from tests.services.working import until

pytestmark = pytest.mark.usefixtures("told")
HASH = hash_password(FIRST)


@pytest.fixture
def owner(store: DovecotStore, address: str) -> str:
    return made(store, address)


@pytest.fixture
def delegate(store: DovecotStore) -> str:
    return made(store, f"shufen{next(numbers)}@mx.nthu.edu.tw")


def made(store: DovecotStore, address: str) -> str:
    store.ensure(address, password_hash=HASH, quota=QUOTA, welcome=letter(address), revision=1)
    return address


@pytest.fixture
def program(server: MailServer, delegate: str) -> Iterator[imaplib.IMAP4]:
    """The delegate's mail program, signed in all the time."""
    with signed_in(server, delegate, FIRST) as client:
        yield client


def said(client: imaplib.IMAP4, command: str, *words: str) -> str:
    """The tagged answer, whatever it is."""
    client.is_readonly = True  # else imaplib refuses to go on in a folder that is
    return str(client._simple_command(command, *words))  # type: ignore[attr-defined]


def folders(client: imaplib.IMAP4) -> set[str]:
    listed = [line.decode() for line in client.list('""', "*")[1] if isinstance(line, bytes)]
    return {line.rpartition(' "/" ')[2].strip('"') for line in listed if "Noselect" not in line}


def test_a_delegate_sees_and_reads_what_was_given_and_nothing_else(
    server: MailServer, store: DovecotStore, owner: str, delegate: str
) -> None:
    with signed_in(server, owner, FIRST) as client:
        client.create("Projects")
    store.share(owner, {delegate: {"INBOX": "read", "Projects": "read"}})
    assert store.shared(owner) == {name: {} for name in ("Drafts", "Sent", "Junk", "Trash")} | {
        "INBOX": {delegate: "read"},
        "Projects": {delegate: "read"},
    }
    with signed_in(server, delegate, FIRST) as client:
        theirs = {name for name in folders(client) if name.startswith("shared/")}
        assert theirs == {f"shared/{owner}", f"shared/{owner}/Projects"}
        assert client.select(f'"shared/{owner}/INBOX"', readonly=True) == ("OK", [b"1"])
        assert b"Subject" in client.fetch("1", "(BODY[HEADER])")[1][0][1]
        for hidden in ("Sent", "Drafts", "Nowhere"):
            assert "doesn't exist" in said(client, "SELECT", f'"shared/{owner}/{hidden}"')


def test_read_only_is_read_only(server: MailServer, store: DovecotStore, owner: str, delegate: str) -> None:
    store.share(owner, {delegate: {"INBOX": "read"}})
    with signed_in(server, delegate, FIRST) as client:
        assert "READ-ONLY" in said(client, "SELECT", f'"shared/{owner}/INBOX"')
        client.state = "SELECTED"
        said(client, "STORE", "1", "+FLAGS", "(\\Seen \\Deleted)")
        said(client, "EXPUNGE")
        assert "NOPERM" in said(client, "COPY", "1", f'"shared/{owner}/INBOX"')
        assert "NOPERM" in said(client, "CREATE", f'"shared/{owner}/mine"')
        assert "NO'" in said(client, "DELETE", f'"shared/{owner}/INBOX"')
    [inbox, *_] = store.folders(owner)
    assert (inbox.messages, inbox.unread) == (1, 1)


def test_write_files_marks_and_deletes_and_fills_the_owners_quota(
    server: MailServer, store: DovecotStore, owner: str, delegate: str
) -> None:
    store.share(owner, {delegate: {"INBOX": "write"}})
    with signed_in(server, delegate, FIRST) as client:
        place = f'"shared/{owner}/INBOX"'
        assert client.append(place, "", "", b"Subject: noted\r\n\r\n" + b"x" * 200_000)[0] == "OK"
        assert client.select(place)[0] == "OK"
        assert client.store("1", "+FLAGS", "(\\Seen \\Deleted)")[0] == client.expunge()[0] == "OK"
        assert "NOPERM" in said(client, "CREATE", f'"shared/{owner}/mine"')
    [inbox, *_] = store.folders(owner)
    assert (inbox.messages, inbox.unread) == (1, 1)
    assert store.capacity(owner).used > 200_000 > store.capacity(delegate).used


def test_taking_it_back_ends_the_open_session_and_gives_no_new_one(
    server: MailServer, store: DovecotStore, owner: str, delegate: str, program: imaplib.IMAP4
) -> None:
    store.share(owner, {delegate: {"INBOX": "read", "Sent": "read"}})
    assert program.select(f'"shared/{owner}/INBOX"', readonly=True)[0] == "OK"
    store.share(owner, {delegate: {}})
    program.sock.settimeout(20)
    assert program.readline().startswith(b"* BYE")
    with signed_in(server, delegate, FIRST) as client:
        assert "doesn't exist" in said(client, "SELECT", f'"shared/{owner}/INBOX"')
        assert {name for name in folders(client) if name.startswith("shared/")} == set()
    assert not any(store.shared(owner).values())


def test_losing_one_folder_or_a_right_ends_the_session_and_keeps_the_rest(
    server: MailServer, store: DovecotStore, owner: str, delegate: str
) -> None:
    store.share(owner, {delegate: {"INBOX": "write", "Sent": "read"}})
    for less in ({"INBOX": "write"}, {"INBOX": "read"}):
        with signed_in(server, delegate, FIRST) as client:
            store.share(owner, {delegate: less})
            client.sock.settimeout(20)
            assert client.readline().startswith(b"* BYE")
    assert store.shared(owner)["INBOX"] == {delegate: "read"}
    assert store.shared(owner)["Sent"] == {}


def test_the_same_again_throws_nobody_out_and_changes_nothing(
    store: DovecotStore, owner: str, delegate: str, program: imaplib.IMAP4
) -> None:
    for _ in range(2):
        store.share(owner, {delegate: {"INBOX": "read"}})
        assert program.noop()[0] == "OK"
    assert store.shared(owner)["INBOX"] == {delegate: "read"}


def test_who_is_not_named_keeps_what_they_have(store: DovecotStore, owner: str, delegate: str) -> None:
    other = made(store, f"chihhao{next(numbers)}@mx.nthu.edu.tw")
    store.share(owner, {other: {"INBOX": "read"}})
    store.share(owner, {delegate: {"INBOX": "write"}})
    store.share(owner, {delegate: {}})
    assert store.shared(owner)["INBOX"] == {other: "read"}


def test_what_was_put_into_or_taken_over_by_another_folder_is_taken_back(
    server: MailServer, store: DovecotStore, owner: str, delegate: str
) -> None:
    """Dovecot gives a new folder the rights of the one above it, and a renamed one keeps its own."""
    with signed_in(server, owner, FIRST) as client:
        client.create("Projects")
        client.create("Old")
        store.share(owner, {delegate: {"Projects": "read", "Old": "read"}})
        client.create("Projects/secret")
        client.rename("Old", "New")
    assert store.shared(owner)["Projects/secret"] == store.shared(owner)["New"] == {delegate: "read"}
    store.share(owner, {delegate: {"Projects": "read", "Old": "read"}})
    assert {name: people for name, people in store.shared(owner).items() if people} == {"Projects": {delegate: "read"}}


NAMES = ("&Jjo-", "課程/一○三學年", 'with "quotes"', "back\\slash", " a blank before", "x" * 200, "50 % *", "漢" * 60)


def test_folders_of_any_name_can_be_given_and_those_that_are_gone_are_left_out(
    store: DovecotStore, owner: str, delegate: str
) -> None:
    store.doveadm.ask(Deadline(9), ("mailboxCreate", {"user": owner, "mailbox": list(NAMES)}))
    store.share(owner, {delegate: dict.fromkeys((*NAMES, "gone", "x\ny", "y" * 255, "../up", "~home", ""), "read")})
    assert {name for name, people in store.shared(owner).items() if people} == set(NAMES)
    store.share(owner, {delegate: {}})
    assert not any(store.shared(owner).values())


def test_no_mail_program_gives_or_takes_rights_or_makes_mailboxes_of_others(
    server: MailServer, store: DovecotStore, owner: str, delegate: str
) -> None:
    with signed_in(server, owner, FIRST) as client:
        assert "ACL" not in client.capabilities
        with pytest.raises(imaplib.IMAP4.error, match="Unknown command"):
            client.setacl("INBOX", delegate, "lr")
    before = {path for path in (server.place / "letters").rglob("*") if path.is_dir()}
    with signed_in(server, delegate, FIRST) as client:
        for name in ("nobody@mx.nthu.edu.tw", "x@..", "..@x", owner):
            for command in ("SELECT", "CREATE", "SUBSCRIBE", "DELETE"):
                assert said(client, command, f'"shared/{name}/INBOX"').startswith("('NO'")
    assert {path for path in (server.place / "letters").rglob("*") if path.is_dir()} == before


def test_a_delegates_own_figures_hold_nothing_of_the_owners(store: DovecotStore, owner: str, delegate: str) -> None:
    before = store.folders(delegate), store.capacity(delegate)
    store.share(owner, {delegate: {"INBOX": "write"}})
    assert (store.folders(delegate), store.capacity(delegate)) == before


def test_a_mailbox_that_is_not_there_is_named_as_such(store: DovecotStore, delegate: str) -> None:
    for call in (
        lambda: store.share("nobody@mx.nthu.edu.tw", {delegate: {}}),
        lambda: store.shared("nobody@mx.nthu.edu.tw"),
    ):
        with pytest.raises(NoSuchMailbox):
            call()


@pytest.fixture(scope="module")
def told(server: MailServer) -> Iterator[list[bytes]]:
    """What Dovecot reports, where it looks for the portal. From the start: after a failure it keeps silent for a while."""
    reports: list[bytes] = []

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            reports.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(202)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", server.portal), Door) as httpd:
        thread = threading.Thread(target=httpd.serve_forever)
        thread.start()
        yield reports
        httpd.shutdown()
        thread.join()


def test_each_folder_of_another_person_that_is_opened_is_told_to_the_portal(
    server: MailServer, store: DovecotStore, owner: str, delegate: str, told: list[bytes]
) -> None:
    store.share(owner, {delegate: {"INBOX": "read", "Drafts": "read"}})
    with signed_in(server, delegate, FIRST) as client:
        for folder in (
            "INBOX",
            f"shared/{owner}/Sent",
            f"shared/{owner}/INBOX",
            f"shared/{owner.upper()}",
            f"shared/{owner}/Drafts",
        ):
            said(client, "EXAMINE", f'"{folder}"')
    until(lambda: len(uses_of(delegate, told)) == 3)
    assert uses_of(delegate, told) == [owner, owner, owner]


def uses_of(delegate: str, told: list[bytes]) -> list[str]:
    reports = [events.read(report, now=datetime.now(UTC)) for report in told]
    return [use.owner for use in reports if isinstance(use, events.Use) and use.delegate == delegate]
