"""Whatever doveadm does, giving and taking folders ends in time and in a StoreError. The servers here only pretend."""

import socket

import pytest

from mailboxes.provisioning.stores import NoSuchMailbox, StoreError, StoreMismatch, StoreUnavailable
from mailboxes.provisioning.stores.dovecot.deadline import Deadline
from mailboxes.provisioning.stores.dovecot.doveadm import Doveadm
from mailboxes.provisioning.stores.dovecot.sharing import share, shared
from mailboxes.provisioning.stores.dovecot.store import DovecotStore
from tests.unit.mailboxes.test_dovecot_faults import ADDRESS, FAULTS, SHORT, Talk, http, listening, request_of, store_on

pytestmark = pytest.mark.thorough

DELEGATE = "shufen@mx.nthu.edu.tw"
LIES: dict[str, tuple[Talk, type[StoreError]]] = {
    fault: FAULTS[fault]
    for fault in (
        "says nothing",
        "hangs up",
        "ends in the middle",
        "does not know the key",
        "does not want to",
        "cannot now",
    )
} | {
    "knows no such user": (http([["error", {"exitCode": 67}, "0"]]), NoSuchMailbox),
    "lists no names": (http([["doveadmResponse", [{"name": "INBOX"}], "0"]]), StoreMismatch),
    "lists nothing": (http([["doveadmResponse", None, "0"]]), StoreMismatch),
    "has rights of nobody": (http([["doveadmResponse", [{"mailbox": "INBOX"}], "0"]]), StoreMismatch),
}


@pytest.mark.parametrize("fault", LIES)
@pytest.mark.parametrize("call", ["share", "shared"])
def test_a_doveadm_that_does_otherwise_ends_the_call(fault: str, call: str) -> None:
    talk, kind = LIES[fault]
    with listening(talk) as doveadm, pytest.raises(StoreError) as caught:
        store = store_on("sqlite:////nowhere", doveadm, seconds=SHORT if fault == "says nothing" else 30.0)
        ask_for(store, call)
    assert type(caught.value) is kind
    assert "secret" not in f"{caught.value} {caught.value.__cause__}"


def ask_for(store: DovecotStore, call: str) -> None:
    if call == "share":
        store.share(ADDRESS, {DELEGATE: {"INBOX": "read"}})
    else:
        store.shared(ADDRESS)


def test_who_was_frozen_for_longer_than_the_call_may_take_changes_nothing_more() -> None:
    """A later job may have been at work meanwhile."""
    asked: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        asked.append(request_of(connection))
        body = b'[["doveadmResponse",[{"mailbox":"INBOX"}],"0"]]' if len(asked) == 1 else b'[["doveadmResponse",[],"0"]]'
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    class Frozen(Deadline):
        """Over as soon as the lists were read."""

        def left(self) -> float:
            if len(asked) == 2:
                raise TimeoutError("no answer in time")
            return super().left()

    with listening(talk) as place, pytest.raises(StoreUnavailable):
        doveadm, deadline = Doveadm(place, "secret-key"), Frozen(30)
        share(lambda *commands: doveadm.ask(deadline, *commands), ADDRESS, {DELEGATE: {"INBOX": "read"}})
    assert [b"aclSet" in request for request in asked] == [False, False]


def test_a_folder_without_rights_is_listed_with_nobody() -> None:
    def talk(connection: socket.socket) -> None:
        request = request_of(connection)
        rows = b"[]" if b"aclGet" in request else b'[{"mailbox":"INBOX"}]'
        body = b'[["doveadmResponse",%b,"0"]]' % rows
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    with listening(talk) as place:
        doveadm = Doveadm(place, "secret-key")
        assert shared(lambda *commands: doveadm.ask(Deadline(30), *commands), ADDRESS) == {"INBOX": {}}
