"""A doveadm that answers half of a list, or otherwise than it should: nobody is missing for that. It only pretends here."""

import json
import socket
from collections.abc import Sequence
from typing import Any

import pytest

from mailboxes.provisioning.stores import Account, StoreError, StoreMismatch, StoreUnavailable
from mailboxes.provisioning.stores.dovecot import accounts, schema
from mailboxes.provisioning.stores.dovecot.deadline import Deadline
from tests.unit.mailboxes.test_dovecot_faults import FAULTS, SHORT, Talk, database, http, listening, request_of, store_on

__all__ = ["database"]
ALL = [f"name{number}@mx.nthu.edu.tw" for number in range(6)]
SEEN = {"quota_rule": "*:bytes=5000", "portal_revision": "1"}


@pytest.fixture(autouse=True)
def kept(database: str) -> None:
    schema.make(database)
    with accounts.opened(database, Deadline(10)) as rows:
        for address in ALL:
            rows.put(address, password_hash="{ARGON2ID}x", quota=5000, letter_id="", revision=1)
            rows.open(address)


def doveadm(listed: Sequence[str], singly: dict[str, Any]) -> Talk:
    """One whose list of users is ``listed``, and that knows those of ``singly`` when it is asked for them alone."""

    def talk(connection: socket.socket) -> None:
        commands = json.loads(request_of(connection).partition(b"\r\n\r\n")[2])
        answers = []
        for _name, parameters, tag in commands:
            masks = parameters["userMask"]
            if masks == ["*"]:
                answers.append(["doveadmResponse", {"userList": listed}, tag])
            elif singly.keys() >= set(masks):
                answers.append(["doveadmResponse", {mask: singly[mask] for mask in masks}, tag])
            else:
                answers.append(["error", {"type": "exitCode", "exitCode": 67}, tag])
        body = json.dumps(answers).encode()
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    return talk


def listed(database: str, talk: Talk, seconds: float = 30.0) -> set[str]:
    with listening(talk) as place:
        return {address for batch in store_on(database, place, seconds=seconds).listed() for address in batch}


def test_all_that_either_has_is_listed(database: str) -> None:
    talk = doveadm([*ALL, "other@elsewhere.example"], {})
    assert listed(database, talk) == {*ALL, "other@elsewhere.example"}


def test_half_a_list_is_no_list(database: str) -> None:
    with pytest.raises(StoreMismatch, match=r"leaves out name3@mx.nthu.edu.tw, which it knows when asked for it alone"):
        listed(database, doveadm(ALL[:3], dict.fromkeys(ALL, SEEN)))


def test_whom_dovecot_does_not_know_singly_either_its_list_may_leave_out(database: str) -> None:
    assert listed(database, doveadm(ALL[:3], dict.fromkeys(ALL[:3], SEEN))) == set(ALL)


@pytest.mark.parametrize("fault", [name for name in FAULTS if name != "answers drop by drop"])
@pytest.mark.thorough
def test_a_list_that_does_not_come_is_said_to_be_none(database: str, fault: str) -> None:
    talk, _kind = FAULTS[fault]
    with pytest.raises(StoreError):
        listed(database, talk, SHORT if fault == "says nothing" else 30.0)


@pytest.mark.parametrize("body", [None, [], {}, {"userList": None}, {"users": []}])
def test_a_list_of_another_shape_is_none(database: str, body: Any) -> None:
    with pytest.raises(StoreMismatch):
        listed(database, http([["doveadmResponse", body, "0"]]))


def test_a_dovecot_that_fails_about_one_address_tells_of_none(database: str) -> None:
    with listening(http([["error", {"exitCode": 75}, "0"]])) as place, pytest.raises(StoreUnavailable):
        store_on(database, place).accounts(ALL[:2])


def test_a_dovecot_that_leaves_one_address_out_tells_of_none(database: str) -> None:
    with listening(http([["doveadmResponse", {ALL[0]: SEEN}, "0"]])) as place, pytest.raises(StoreMismatch):
        store_on(database, place).accounts(ALL[:2])


def test_an_account_says_how_dovecot_sees_it(database: str) -> None:
    older = SEEN | {"portal_revision": "0"}
    alone = "other@elsewhere.example"
    talk = doveadm([], {ALL[0]: SEEN, ALL[1]: older, alone: SEEN})
    with listening(talk) as place:
        found = store_on(database, place).accounts([*ALL[:3], alone, "nobody@mx.nthu.edu.tw"])
    kept = {"state": "open", "quota": 5000, "filter": ""}
    assert found == {
        ALL[0]: Account(**kept, view="same"),
        ALL[1]: Account(**kept, view="other"),
        ALL[2]: Account(**kept, view="unknown"),
        alone: Account("open", 0, None, "alone"),
    }
