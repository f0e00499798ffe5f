"""Dovecot and Postfix tell the portal of sign-ins; a portal that is stopped or frozen keeps nobody from their mail."""

import imaplib
import poplib
import smtplib
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from http.client import HTTPConnection
from json import dumps
from pathlib import Path

import pytest

from mailboxes.provisioning.hashing import hash_password
from tests import servers
from tests.bench.processes import children
from tests.mailserver import MailServer, mail_server, missing_packages
from tests.services.conftest import FIRST, QUOTA, SECOND, letter, signed_in, store_of
from tests.services.running_demo import Browser, until
from tests.services.running_site import Site, hand_over

NUMBER = 90_001
ADDRESS = "hmwang@mx.nthu.edu.tw"
MAKE_MAILBOX = """
from django.utils import timezone
from accounts.models import Person
from mailboxes.models import Mailbox, MailService
MailService.objects.update(store="dovecot")
Mailbox.objects.create(
    service=MailService.objects.get(slug="mx"), person=Person.objects.get(number="z90001"), local_part="hmwang",
    domain="mx.nthu.edu.tw", stem="hmwang", stem_number=1, state="active", active_at=timezone.now())
"""
SUSPEND = """
from django.utils import timezone
from mailboxes.models import Job, Mailbox
from mailboxes.provisioning import tasks
Mailbox.objects.update(state="suspended", hold="rule", cause="rule", held_at=timezone.now())
box, now = Mailbox.objects.get(), timezone.now()
job = Job.objects.create(mailbox=box, address=box.address, kind="suspend", due_at=now)
tasks.run(job.pk)
job.refresh_from_db()
assert job.state == "done", job.last_error
"""


class Mail:
    """A mail server with one mailbox, its portal, and the owner in a browser."""

    def __init__(self, server: MailServer, site: Site) -> None:
        self.server, self.site = server, site

    def imap(self, password: str) -> bool:
        try:
            with signed_in(self.server, ADDRESS, password):
                return True
        except imaplib.IMAP4.error:
            return False

    def pop3(self, password: str) -> bool:
        client = poplib.POP3("127.0.0.1", self.server.pop3)
        try:
            client.user(ADDRESS)
            client.pass_(password)
        except poplib.error_proto:
            return False
        finally:
            client.quit()
        return True

    def smtp(self, password: str) -> bool:
        with smtplib.SMTP("127.0.0.1", self.server.submission, local_hostname="laptop.example") as client:
            try:
                client.login(ADDRESS, password)
            except smtplib.SMTPAuthenticationError:
                return False
            return True

    def owner(self, port: int) -> Browser:
        browser = Browser()
        hand_over(browser, port, self.site.campus.token(NUMBER))
        browser.press("/language/", language="en")
        return browser

    def manage(self, code: str) -> None:
        done = self.site.manage("shell", "-v", "0", "-c", code)
        assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def mail(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mail]:
    """Both with their rows in SQLite, and both in PostgreSQL."""
    if packages := missing_packages():
        pytest.skip(f"packages missing: {packages}")
    if servers.postgres_programs() is None or not Path("/usr/bin/redis-server").exists():
        pytest.skip("packages missing: postgresql or redis-server")
    folder = tmp_path_factory.mktemp("site")
    with ExitStack() as stack:
        postgres, redis = stack.enter_context(servers.postgres_server()), stack.enter_context(servers.redis())
        server = stack.enter_context(mail_server(postgres.url if request.param == "postgresql" else ""))
        site = Site(folder, postgres, redis)
        site.env |= server.env() | {"WEB_CONCURRENCY": "2"}
        if request.param == "sqlite":
            site.env["DATABASE_URL"] = f"sqlite:///{folder / 'portal.sqlite3'}"
        site.install()
        mail = Mail(server, site)
        store_of(server).ensure(
            ADDRESS, password_hash=hash_password(FIRST), quota=QUOTA, welcome=letter(ADDRESS), revision=1
        )
        with site.web(server.portal) as port:
            mail.owner(port)
        mail.manage(MAKE_MAILBOX)
        yield mail


def shown(browser: Browser, port: int, kind: str) -> list[str]:
    """The protocols in the log, the newest first."""
    browser.open(f"http://127.0.0.1:{port}/mail/mx/log.csv?kind={kind}")
    return [line.split(",")[1] for line in browser.page.splitlines()[1:]]


def test_sign_ins_by_imap_pop3_and_smtp_are_shown_with_their_outcome(mail: Mail) -> None:
    with mail.site.web(mail.server.portal) as port:
        browser = mail.owner(port)
        assert mail.imap(FIRST)
        assert not mail.imap(SECOND)
        assert mail.pop3(FIRST)
        assert not mail.pop3(SECOND)
        assert not mail.smtp(SECOND)
        assert mail.smtp(FIRST)
        assert until(lambda: len(shown(browser, port, "successes")) >= 3)
        assert until(lambda: "SMTP" in shown(browser, port, "failures"))
        assert shown(browser, port, "successes") == ["SMTP", "POP3", "IMAP"]
        assert [*dict.fromkeys(shown(browser, port, "failures"))] == ["SMTP", "POP3", "IMAP"]  # smtplib tries two ways
        browser.open(f"http://127.0.0.1:{port}/mail/mx/box/logins/")
        assert "127.0.0.1" in browser.page.partition("Last failed log-ins")[2]
        assert mail.server.events_key not in mail.site.log("gunicorn").read_text()


def test_what_waits_in_memory_is_written_when_the_portal_ends(mail: Mail) -> None:
    with mail.site.web(mail.server.portal) as port:
        before = len(shown(mail.owner(port), port, "successes"))
        for _ in range(5):
            assert mail.imap(FIRST)
    with mail.site.web(mail.server.portal) as port:
        assert len(shown(mail.owner(port), port, "successes")) == before + 5


@pytest.mark.parametrize("mail", ["postgresql"], indirect=True, scope="module")  # a file is never away
def test_records_wait_for_a_database_that_is_away(mail: Mail) -> None:
    database = mail.site.postgres
    with mail.site.web(mail.server.portal) as port:
        browser = mail.owner(port)
        before = len(shown(browser, port, "failures"))
        with database.frozen():
            assert told_without_dovecot(mail, port) == 202
        database.stop()
        assert told_without_dovecot(mail, port) == 202
        database.start()
        assert until(lambda: len(shown(browser, port, "failures")) == before + 2)
    assert until(lambda: mail.imap(FIRST))  # Dovecot has found its own database again


def told_without_dovecot(mail: Mail, port: int) -> int:
    """Dovecot's own accounts are in the database that is away, so its report is sent by hand; the status."""
    event = {
        "event": "auth_request_finished",
        "end_time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "fields": {"service": "imap", "session": "", "remote_ip": "127.0.0.1", "user": ADDRESS},
    }
    key = b64encode(f"dovecot:{mail.server.events_key}".encode()).decode()
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("POST", "/events/log-in", dumps(event), {"Authorization": f"Basic {key}"})
    status = connection.getresponse().status
    connection.close()
    return status


def sign_in_often(mail: Mail) -> None:
    for _ in range(25):
        assert mail.imap(FIRST)
        assert not mail.imap(SECOND)


def test_a_portal_that_is_stopped_keeps_nobody_from_their_mail(mail: Mail) -> None:
    sign_in_often(mail)


def test_a_portal_that_is_frozen_keeps_nobody_from_their_mail(mail: Mail) -> None:
    with mail.site.web(mail.server.portal):
        pid = mail.site.gunicorn.pid
        with servers.stopped([pid, *children(pid)]):
            sign_in_often(mail)


def test_a_right_password_of_a_suspended_owner_is_shown_as_a_failure(mail: Mail) -> None:
    with mail.site.web(mail.server.portal) as port:
        browser = mail.owner(port)
        before = len(shown(browser, port, "successes"))
        mail.manage(SUSPEND)
        assert not mail.imap(FIRST)
        assert until(lambda: "IMAP: right password" in said(browser, port))
        assert len(shown(browser, port, "successes")) == before


def said(browser: Browser, port: int) -> str:
    browser.open(f"http://127.0.0.1:{port}/mail/mx/log.csv?kind=failures")
    return browser.page
