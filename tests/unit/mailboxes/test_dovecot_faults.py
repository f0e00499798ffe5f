"""Whatever the mail server does, a call of its store ends in time and in a StoreError. The servers here only pretend."""

import json
import re
import socket
import socketserver
import sqlite3
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from mailboxes.provisioning.stores import NoSuchMailbox, StoreError, StoreMismatch, StoreUnavailable
from mailboxes.provisioning.stores.dovecot import accounts, schema
from mailboxes.provisioning.stores.dovecot.deadline import Deadline
from mailboxes.provisioning.stores.dovecot.doveadm import Doveadm
from mailboxes.provisioning.stores.dovecot.places import Place
from mailboxes.provisioning.stores.dovecot.store import FOLDERS, DovecotStore

pytestmark = pytest.mark.thorough

ADDRESS = "hsiaoming@mx.nthu.edu.tw"
SHORT = 0.5  # seconds for a call that has to give up; every other one has plenty, so that a busy machine changes nothing
Talk = Callable[[socket.socket], None]

CREATED: list[Any] = [["doveadmResponse", [], "0"], ["doveadmResponse", [], "1"]]
FOUND: list[Any] = [["doveadmResponse", [], "0"], ["doveadmResponse", [{"uid": "1"}], "1"]]
CHECKED: list[Any] = [
    ["doveadmResponse", {ADDRESS: {"quota_rule": "*:bytes=5000", "portal_revision": "1"}}, "0"],
    ["doveadmResponse", [{"mailbox": name} for name in FOLDERS], "1"],
    ["doveadmResponse", [{"uid": "1"}], "2"],
]


@contextmanager
def listening(talk: Talk, tls: ssl.SSLContext | None = None) -> Iterator[Place]:
    """A server that does ``talk`` with everybody who comes."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):  # the other side has had enough
                talk(tls.wrap_socket(self.request, server_side=True) if tls else self.request)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield Place("127.0.0.1", server.server_address[1], tls=tls is not None)
        finally:
            server.shutdown()


LENGTH_AND_BODY = re.compile(rb"Content-Length: (\d+).*?\r\n\r\n(.*)", re.DOTALL)


def request_of(connection: socket.socket) -> bytes:
    """All of an HTTP request: head and body may come apart."""
    octets = connection.recv(65536)
    while not (found := LENGTH_AND_BODY.search(octets)) or len(found[2]) < int(found[1]):
        octets += connection.recv(65536)
    return octets


def http(body: bytes | list[Any], status: str = "200 OK", length: int | None = None) -> Talk:
    """doveadm with that answer to whatever it is asked."""
    octets = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(octets) if length is None else length}\r\n\r\n".encode()

    def talk(connection: socket.socket) -> None:
        request_of(connection)
        connection.sendall(head + octets)

    return talk


def hanging(connection: socket.socket) -> None:
    while connection.recv(65536):
        pass


def drop_by_drop(connection: socket.socket) -> None:
    """The right answer, but each byte so soon after the one before that no single read takes long."""
    request_of(connection)
    octets = json.dumps(FOUND).encode()
    for byte in b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(octets) + octets:
        connection.sendall(bytes([byte]))
        time.sleep(SHORT / 20)


def lmtp(*replies: bytes, stays: bool = False) -> Talk:
    """An LMTP server that answers with these in turn, and then hangs up or stays without a word."""

    def talk(connection: socket.socket) -> None:
        for reply in replies:
            connection.sendall(reply)
            connection.recv(65536)
        if stays:
            hanging(connection)

    return talk


HELLO = (b"220 here\r\n", b"250 hello\r\n")


@pytest.fixture
def database(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'mail.sqlite3'}"
    schema.make(url)
    return url


def may_sign_in(database: str) -> bool:
    with accounts.opened(database, Deadline(5)) as rows:
        return rows.seen(ADDRESS).may_sign_in


def ensure(store: DovecotStore) -> None:
    welcome = EmailMessage()
    welcome["From"], welcome["Message-ID"] = "helpdesk@campus.example", "<welcome.1@mx.nthu.edu.tw>"
    store.ensure(ADDRESS, password_hash="{ARGON2ID}secret-hash", quota=5000, welcome=welcome, revision=1)


def store_on(database: str, doveadm: Place, delivery: Place | None = None, seconds: float = 30.0) -> DovecotStore:
    return DovecotStore(database, Doveadm(doveadm, "secret-key"), delivery or doveadm, seconds=seconds)


def patience(fault: str) -> float:
    return SHORT if fault in ("says nothing", "answers drop by drop", "never says that it has it") else 30.0


FAULTS: dict[str, tuple[Talk, type[StoreError]]] = {
    "says nothing": (hanging, StoreUnavailable),
    "answers drop by drop": (drop_by_drop, StoreUnavailable),
    "hangs up": (lambda connection: None, StoreUnavailable),
    "breaks off": (http(b'[["doveadmResponse",[],"0"],["dov', length=500), StoreUnavailable),
    "ends in the middle": (http(b'[["doveadmResponse",[],"0"],["dov'), StoreUnavailable),
    "is no HTTP server": (lmtp(b"220 here\r\n"), StoreUnavailable),
    "is broken": (http(b"", "500 Internal Server Error"), StoreUnavailable),
    "does not know the key": (http(b"", "401 Authentication required"), StoreUnavailable),
    "answers too little": (http(CREATED[:1]), StoreUnavailable),
    "answers something else": (http([["doveadmResponse", [], "8"], ["doveadmResponse", [], "9"]]), StoreUnavailable),
    "answers another shape": (http(b'{"doveadmResponse": 1}'), StoreUnavailable),
    "answers in too many brackets": (http(b"[" * 100_000), StoreUnavailable),
    "answers without an end": (http(b"[" * 9_000_000), StoreUnavailable),
    "cannot now": (http([["error", {"exitCode": 75}, "0"], *CREATED[1:]]), StoreUnavailable),
    "does not want to": (http([["error", {"exitCode": 64}, "0"], *CREATED[1:]]), StoreMismatch),
    "knows no such user": (http([["error", {"exitCode": 67}, "0"], *CREATED[1:]]), NoSuchMailbox),
    "errs without a code": (http([["error", {}, "0"], *CREATED[1:]]), StoreUnavailable),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_doveadm_that_does_otherwise_ends_the_call_and_lets_nobody_in(database: str, fault: str) -> None:
    talk, kind = FAULTS[fault]
    with listening(talk) as doveadm, pytest.raises(StoreError) as caught:
        ensure(store_on(database, doveadm, seconds=patience(fault)))
    assert type(caught.value) is kind
    assert "secret" not in f"{caught.value} {caught.value.__cause__}"
    assert not may_sign_in(database)


def test_a_doveadm_that_is_not_there_is_named(database: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nobody = Place("127.0.0.1", taken.getsockname()[1], tls=False)
    with pytest.raises(StoreUnavailable, match=r"DOVEADM_URL.*refused"):
        ensure(store_on(database, nobody))


REFUSALS: dict[str, tuple[Talk, type[StoreError]]] = {
    "says nothing": (hanging, StoreUnavailable),
    "hangs up": (lambda connection: None, StoreUnavailable),
    "is full": (lmtp(b"421 too many\r\n"), StoreUnavailable),
    "wants nothing for the address now": (lmtp(*HELLO, b"250 ok\r\n", b"451 later\r\n", b"250 ok\r\n"), StoreUnavailable),
    "does not know the address": (lmtp(*HELLO, b"250 ok\r\n", b"550 unknown\r\n", b"250 ok\r\n"), StoreMismatch),
    "does not want the letter": (
        lmtp(*HELLO, b"250 ok\r\n", b"250 ok\r\n", b"354 go on\r\n", b"552 full\r\n", b"250 ok\r\n"),
        StoreMismatch,
    ),
    "never says that it has it": (
        lmtp(*HELLO, b"250 ok\r\n", b"250 ok\r\n", b"354 go on\r\n", stays=True),
        StoreUnavailable,
    ),
}


@pytest.mark.parametrize("fault", REFUSALS)
def test_an_lmtp_server_that_does_otherwise_ends_the_call_and_lets_nobody_in(database: str, fault: str) -> None:
    talk, kind = REFUSALS[fault]
    with listening(http(CREATED)) as doveadm, listening(talk) as delivery, pytest.raises(StoreError) as caught:
        ensure(store_on(database, doveadm, delivery, patience(fault)))
    assert type(caught.value) is kind
    assert not may_sign_in(database)


def test_what_the_fault_has_left_is_finished_by_the_next_try(database: str) -> None:
    with listening(http(CREATED)) as doveadm, listening(hanging) as delivery, pytest.raises(StoreUnavailable):
        ensure(store_on(database, doveadm, delivery, SHORT))
    with listening(http(FOUND)) as doveadm:
        ensure(store_on(database, doveadm))  # the letter is there: nothing is delivered again
    assert may_sign_in(database)
    with listening(http(CHECKED)) as doveadm:
        store_on(database, doveadm).check(ADDRESS, password_hash="{ARGON2ID}secret-hash", quota=5000)


@pytest.mark.parametrize("lie", [0, 1, 2])
def test_a_check_believes_no_answer_of_another_shape(database: str, lie: int) -> None:
    with listening(http(FOUND)) as doveadm:
        ensure(store_on(database, doveadm))
    answers = [*CHECKED]
    answers[lie] = ["doveadmResponse", {} if lie == 0 else [], str(lie)]
    with listening(http(answers)) as doveadm, pytest.raises(StoreMismatch):
        store_on(database, doveadm).check(ADDRESS, password_hash="{ARGON2ID}secret-hash", quota=5000)


@pytest.mark.parametrize("answer", [[], [{"type": "STORAGE"}], ["STORAGE"], {"type": "STORAGE"}, None])
def test_a_look_into_the_mailbox_believes_none_either(database: str, answer: Any) -> None:
    with listening(http([["doveadmResponse", answer, "0"]])) as doveadm:
        store = store_on(database, doveadm)
        with pytest.raises(StoreMismatch):
            store.capacity(ADDRESS)
        if answer:
            with pytest.raises(StoreMismatch):
                store.folders(ADDRESS)


@pytest.mark.parametrize("mark", ["", "1", "1.2.3", "1.x", "1.٣", "9" * 11 + ".1"])
def test_a_mark_that_no_store_gave_empties_nothing(database: str, mark: str) -> None:
    with listening(hanging) as doveadm, pytest.raises(StoreMismatch, match="mark"):
        store_on(database, doveadm).empty(ADDRESS, "Trash", mark)


def test_a_new_password_that_could_not_end_the_sessions_is_asked_for_again(database: str) -> None:
    with listening(http(FOUND)) as doveadm:
        ensure(store_on(database, doveadm))
    with listening(hanging) as doveadm, pytest.raises(StoreUnavailable):
        store_on(database, doveadm, seconds=SHORT).set_password(ADDRESS, password_hash="{ARGON2ID}new", revision=2)
    asked: list[bytes] = []

    def kicked(connection: socket.socket) -> None:
        asked.append(request_of(connection))
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + json.dumps([["error", {"exitCode": 68}, "0"]]).encode())

    with listening(kicked) as doveadm:
        store_on(database, doveadm).set_password(ADDRESS, password_hash="{ARGON2ID}new", revision=2)
    assert b'"kick"' in asked[0]


# --- the database -------------------------------------------------------------------------------------------------------


def test_a_postgresql_that_says_nothing_ends_the_call() -> None:
    with listening(hanging) as silent, pytest.raises(StoreUnavailable, match=r"MAIL_DATABASE_URL.*no answer in time"):
        ensure(store_on(f"postgres://portal:secret@127.0.0.1:{silent.port}/x", silent, seconds=SHORT))


def test_a_locked_sqlite_ends_the_call(database: str) -> None:
    with closing(sqlite3.connect(database.removeprefix("sqlite:///"), isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with listening(hanging) as doveadm, pytest.raises(StoreUnavailable, match=r"MAIL_DATABASE_URL.*locked"):
            ensure(store_on(database, doveadm, seconds=SHORT))


def test_a_hash_that_the_database_refuses_is_not_quoted(database: str) -> None:
    with closing(sqlite3.connect(database.removeprefix("sqlite:///"))) as other:
        other.execute("CREATE TRIGGER no BEFORE INSERT ON portal_accounts BEGIN SELECT raise(ABORT, 'no'); END")
    with listening(hanging) as doveadm, pytest.raises(StoreUnavailable) as caught:
        ensure(store_on(database, doveadm))
    assert "secret" not in str(caught.value)
