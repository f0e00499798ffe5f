"""Automatic replies on a real Dovecot with Pigeonhole and a real Postfix."""

import pytest

from accounts.models import Person
from mailboxes.models import MailService
from mailboxes.provisioning.filters.writing import script_of
from mailboxes.provisioning.stores.dovecot.store import DovecotStore
from tests.mailserver import MailServer
from tests.services.conftest import FIRST, signed_in
from tests.services.corresponding import answer, arrives, letters_in, opened, row_of, send
from tests.services.working import until


@pytest.fixture
def owner(server: MailServer, store: DovecotStore, address: str) -> str:
    return opened(server, store, address)


@pytest.fixture
def friend(server: MailServer, store: DovecotStore, address: str) -> str:
    """Another mailbox of the same server."""
    return opened(server, store, f"friend-of-{address}")


def test_a_reply_comes_once_and_word_for_word(
    server: MailServer, store: DovecotStore, owner: str, friend: str, services: dict[str, MailService], wang: Person
) -> None:
    box = row_of(owner, services["mx"], wang)
    answer(box, '一月四日回來。\n.\n..\n"quoted" \\ and ${variable}; redirect "x@example.com";', 0, 1)
    store.set_filter(owner, script=script_of(box), revision=2)
    for subject in ("first", "second"):
        send(server, owner, subject, sender=friend)
        arrives(server, owner, subject)
    until(lambda: letters_in(server, friend) == 2)
    with signed_in(server, friend, FIRST) as client:
        client.select()
        [(_, raw), _] = client.fetch("2", "(RFC822)")[1]
    head, _, body = raw.decode().partition("\r\n\r\n")
    assert "Auto-Submitted: auto-replied (vacation)" in head
    assert f"From: <{owner}>" in head
    assert "Return-Path: <>" in head
    assert body.strip() == '一月四日回來。\r\n.\r\n..\r\n"quoted" \\ and ${variable}; redirect "x@example.com";'
    send(server, friend, "last")
    arrives(server, friend, "last")  # a second reply would have come before it
    assert letters_in(server, friend) == 3


@pytest.mark.parametrize(("first", "last"), [(1, 2), (-2, -1)])
def test_outside_of_its_days_nobody_gets_a_reply(
    server: MailServer,
    store: DovecotStore,
    owner: str,
    friend: str,
    services: dict[str, MailService],
    wang: Person,
    first: int,
    last: int,
) -> None:
    box = row_of(owner, services["mx"], wang)
    answer(box, "away", first, last)
    store.set_filter(owner, script=script_of(box), revision=2)
    send(server, owner, "first", sender=friend)
    arrives(server, owner, "first")
    send(server, friend, "last")
    arrives(server, friend, "last")  # a reply would have come before it
    assert letters_in(server, friend) == 2
