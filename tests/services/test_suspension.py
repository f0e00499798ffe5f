"""A mailbox suspended and let go again as the portal does it: by a job in the outbox, a real worker, real mail servers."""

import poplib
import smtplib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import Person
from mailboxes.models import Job, Mailbox, MailService
from mailboxes.provisioning import outbox
from mailboxes.provisioning.stores.dovecot.store import DovecotStore
from tests.mailserver import MailServer
from tests.services.conftest import FIRST, Refuses, done, signed_in
from tests.services.corresponding import arrives, forward, opened, row_of, send, subjects
from tests.services.working import ring, until

Bring = Callable[[Job.Kind], None]
REASON = "This mailbox is suspended"


@pytest.fixture
def friend(server: MailServer, store: DovecotStore, address: str) -> str:
    return opened(server, store, f"friend-of-{address}")


@pytest.fixture
def box(
    server: MailServer, store: DovecotStore, address: str, services: dict[str, MailService], wang: Person, worker: Path
) -> Mailbox:
    return row_of(opened(server, store, address), services["mx"], wang)


@pytest.fixture
def bring(box: Mailbox, broker: str) -> Bring:
    """Ask the mail server for something, and wait until the worker has done it."""

    def brought(kind: Job.Kind) -> None:
        with transaction.atomic():
            job = outbox.put(box, kind, now=timezone.now())
        ring(broker, outbox.RUN, job.pk)
        until(lambda: done(job))

    return brought


@contextmanager
def by_pop(server: MailServer, address: str) -> Iterator[poplib.POP3]:
    client = poplib.POP3("127.0.0.1", server.pop3, timeout=60)
    try:
        client.user(address)
        client.pass_(FIRST)
        yield client
    finally:
        client.close()


@contextmanager
def by_smtp(server: MailServer, address: str) -> Iterator[smtplib.SMTP]:
    """Signed in to send."""
    with smtplib.SMTP("127.0.0.1", server.submission, local_hostname="laptop.example") as client:
        client.login(address, FIRST)
        yield client


def test_all_ways_in_and_out_stop_and_letters_still_arrive_until_it_is_lifted(
    server: MailServer, box: Mailbox, friend: str, bring: Bring, refuses: Refuses
) -> None:
    forward(box, friend)
    bring(Job.Kind.FILTER)
    send(server, box.address, "before")
    arrives(server, friend, "before")

    bring(Job.Kind.SUSPEND)
    refuses(box.address, FIRST, REASON)
    with pytest.raises(poplib.error_proto, match=REASON), by_pop(server, box.address):
        pass
    with pytest.raises(smtplib.SMTPAuthenticationError), by_smtp(server, box.address):
        pass
    send(server, box.address, "meanwhile")
    send(server, friend, "to the friend alone")  # behind it in the queue, so that one that was sent on would be there
    arrives(server, friend, "to the friend alone")

    bring(Job.Kind.RESUME)
    arrives(server, box.address, "meanwhile")
    with by_pop(server, box.address) as client:
        assert client.stat()[0] == 3  # the welcome letter, one before and one meanwhile
    with by_smtp(server, box.address) as client:
        client.sendmail(box.address, [box.address], "Subject: to myself\r\n\r\n.\r\n")
    arrives(server, friend, "to myself")
    assert subjects(server, box.address) == ["before", "meanwhile", "to myself"]
    assert subjects(server, friend) == ["before", "to the friend alone", "to myself"]


def test_open_sessions_end(server: MailServer, box: Mailbox, bring: Bring) -> None:
    with (
        signed_in(server, box.address, FIRST) as imap,
        by_pop(server, box.address) as pop,
        by_smtp(server, box.address) as smtp,
    ):
        imap.select()
        imap.send(b"i1 IDLE\r\n")
        assert imap.readline().startswith(b"+ idling")
        assert pop.stat()[0] == 1
        bring(Job.Kind.SUSPEND)
        imap.sock.settimeout(60)
        assert imap.readline().startswith(b"* BYE")
        assert imap.readline() == b""  # the connection is closed
        with pytest.raises((poplib.error_proto, ConnectionError)):
            pop.retr(1)
        for sender in (box.address, ""):  # RFC 8098 has a receipt come from nobody
            smtp.rset()
            smtp.mail(sender)
            code, said = smtp.rcpt("colleague@example.org")
            assert (code, REASON in said.decode()) == (554, True)


def test_a_connection_that_was_never_suspended_sends_on(server: MailServer, box: Mailbox, bring: Bring) -> None:
    with by_smtp(server, box.address) as smtp:
        for sender in (box.address, ""):
            smtp.rset()
            smtp.mail(sender)
            assert smtp.rcpt(box.address)[0] == 250
