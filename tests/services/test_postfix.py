"""Postfix before that Dovecot: letters come in for the portal's addresses alone, and go out only from somebody signed in."""

import smtplib
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from mailboxes.provisioning.hashing import hash_password
from mailboxes.provisioning.stores.dovecot.store import DovecotStore
from tests.mailserver import MailServer
from tests.services.conftest import FIRST, QUOTA, SECOND, letter, signed_in

PATIENCE = 60  # seconds until a letter that must arrive has not


@pytest.fixture
def mailbox(server: MailServer, store: DovecotStore, address: str) -> str:
    if not server.has_postfix:
        pytest.skip("Postfix starts as root only")
    store.ensure(address, password_hash=hash_password(FIRST), quota=QUOTA, welcome=letter(address), revision=1)
    return address


@contextmanager
def outside(server: MailServer) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP("127.0.0.1", server.smtp, local_hostname="elsewhere.example") as smtp:
        smtp.ehlo()
        yield smtp


@contextmanager
def mail_program(server: MailServer, address: str, password: str) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP("127.0.0.1", server.submission, local_hostname="laptop.example") as smtp:
        smtp.login(address, password)
        yield smtp


def wait_for_letter(server: MailServer, address: str, subject: str, password: str = FIRST) -> None:
    with signed_in(server, address, password) as client:
        deadline = time.monotonic() + PATIENCE
        while not client.select()[1] or not client.search(None, "SUBJECT", subject)[1][0]:
            assert time.monotonic() < deadline, f"no letter about {subject}"
            time.sleep(0.05)


def test_a_letter_from_outside_arrives(server: MailServer, mailbox: str) -> None:
    with outside(server) as smtp:
        smtp.sendmail("colleague@example.org", [mailbox], "Subject: lunch\r\n\r\nAt noon?\r\n")
    wait_for_letter(server, mailbox, "lunch")


def test_port_25_takes_neither_other_addresses_nor_passwords(server: MailServer, mailbox: str) -> None:
    domain = mailbox.partition("@")[2]
    with outside(server) as smtp:
        assert "auth" not in smtp.esmtp_features
        smtp.mail("colleague@example.org")
        assert smtp.rcpt(f"nobody@{domain}")[0] == 550
        assert smtp.rcpt("somebody@example.com")[0] == 554  # Relay access denied
        smtp.rset()
        smtp.mail(mailbox)
        assert smtp.rcpt("somebody@example.com")[0] == 554


def test_the_owner_sends_in_their_own_name_only_and_only_signed_in(server: MailServer, mailbox: str) -> None:
    with mail_program(server, mailbox, FIRST) as smtp:
        smtp.sendmail(mailbox, [mailbox], "Subject: note to myself\r\n\r\n.\r\n")
        smtp.mail("rector@mx.nthu.edu.tw")
        assert smtp.rcpt(mailbox)[0] == 553
    wait_for_letter(server, mailbox, "myself")
    with smtplib.SMTP("127.0.0.1", server.submission) as smtp:
        smtp.ehlo()
        smtp.mail(mailbox)
        assert smtp.rcpt(mailbox)[0] == 554
    with pytest.raises(smtplib.SMTPAuthenticationError), mail_program(server, mailbox, SECOND):
        pass


def test_suspending_ends_sending_too_until_it_is_taken_back(server: MailServer, store: DovecotStore, mailbox: str) -> None:
    store.suspend(mailbox, revision=2)
    with pytest.raises(smtplib.SMTPAuthenticationError), mail_program(server, mailbox, FIRST):
        pass
    with outside(server) as smtp:
        smtp.sendmail("colleague@example.org", [mailbox], "Subject: meanwhile\r\n\r\n.\r\n")
    store.resume(mailbox, revision=3)
    with mail_program(server, mailbox, FIRST) as smtp:
        assert smtp.mail(mailbox)[0] == 250
    wait_for_letter(server, mailbox, "meanwhile")


def test_a_new_password_is_the_one_for_sending(server: MailServer, store: DovecotStore, mailbox: str) -> None:
    store.set_password(mailbox, password_hash=hash_password(SECOND), revision=2)
    with mail_program(server, mailbox, SECOND) as smtp:
        assert smtp.mail(mailbox)[0] == 250
    with pytest.raises(smtplib.SMTPAuthenticationError), mail_program(server, mailbox, FIRST):
        pass
