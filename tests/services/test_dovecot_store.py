"""The store ``dovecot`` on a real Dovecot, its accounts in SQLite and in PostgreSQL."""

import imaplib
from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from mailboxes.applying.hashing import hash_password
from mailboxes.provisioning.stores.dovecot.doveadm import Doveadm
from mailboxes.provisioning.stores.dovecot.places import place
from mailboxes.provisioning.stores.dovecot.store import DovecotStore
from tests import servers
from tests.mailserver import MailServer, mail_server, missing_packages

pytestmark = pytest.mark.skipif(bool(missing_packages()), reason=f"packages missing: {missing_packages()}")

ADDRESS = "hsiaoming@mx.nthu.edu.tw"
QUOTA = 5 * 1024 * 1024
FIRST, SECOND = "copper-kettle-ninety-seals", "seven-lanterns-by-the-canal"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest) -> Iterator[MailServer]:
    if request.param == "sqlite":
        with mail_server() as running:
            yield running
    else:
        with servers.postgres() as url, mail_server(url) as running:
            yield running


@pytest.fixture
def store(server: MailServer) -> DovecotStore:
    env = server.env()
    return DovecotStore(
        database=env["MAIL_DATABASE_URL"],
        doveadm=Doveadm(place(env["DOVEADM_URL"], "http"), server.key),
        lmtp=place(env["LMTP_URL"], "lmtp"),
        imap=place(env["IMAP_URL"], "imap"),
    )


def letter() -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "歡迎"
    message["From"] = "helpdesk@campus.example"
    message["Message-ID"] = "<welcome.7.c0ffee@mx.nthu.edu.tw>"
    message.set_content("您好\n")
    return message


def test_a_client_signs_in_with_the_password_and_with_no_other(server: MailServer, store: DovecotStore) -> None:
    store.ensure(ADDRESS, password_hash=hash_password(FIRST), quota=QUOTA, welcome=letter(), revision=1)
    with imaplib.IMAP4("127.0.0.1", server.imap) as client:
        client.login(ADDRESS, FIRST)
        assert client.select() == ("OK", [b"1"])
    with imaplib.IMAP4("127.0.0.1", server.imap) as client, pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
        client.login(ADDRESS, SECOND)
