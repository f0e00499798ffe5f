"""Letters by a real worker: to a server that comes and goes, from a worker that freezes, and by Postfix into a mailbox."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import redis
import time_machine
from django.core.cache import cache
from django.utils import timezone
from pytest_django import Settings

from accounts import letters
from accounts.letters import outbox, sending, tasks
from accounts.models import Letter, Person
from accounts.relay import Relay, relay
from mailboxes.provisioning.hashing import hash_password
from mailboxes.provisioning.stores.dovecot.store import DovecotStore
from tests.mailserver import MailServer
from tests.servers import stopped
from tests.services.conftest import FIRST, QUOTA, letter, signed_in
from tests.services.working import Worker, ring, until, valkey, working
from tests.smtpserver import SmtpServer

TO = "wang@elsewhere.example"


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with valkey(tmp_path_factory.mktemp("valkey")) as url:
        yield url


@pytest.fixture
def smtp() -> SmtpServer:
    return SmtpServer()


@pytest.fixture
def worker(transactional_db: None, smtp: SmtpServer, broker: str, tmp_path: Path) -> Iterator[Worker]:
    with working(broker, tmp_path, SMTP_URL=smtp.url) as running:
        yield running


def posted(to: str = TO) -> Letter:
    return letters.post("contact-added", to=to, address="new@home.example")


def reached(row: Letter, state: str, attempts: int = 1) -> bool:
    row.refresh_from_db()
    return row.state == state and row.attempts >= attempts


def test_a_server_that_is_down_gets_the_letter_when_it_is_up(worker: Worker, smtp: SmtpServer, broker: str) -> None:
    row = posted()
    ring(broker, outbox.RUN, row.pk)
    until(lambda: reached(row, "waiting") and row.last_error != "")
    assert "Connection refused" in row.last_error
    with smtp.running():
        redis.Redis.from_url(f"{broker}/1").flushdb()  # the minute in which nobody asks that server
        Letter.objects.update(due_at=timezone.now())
        ring(broker, outbox.RUN, row.pk)
        until(lambda: reached(row, "sent"))
    [(_sender, to, message)] = smtp.taken
    assert to == TO
    assert message["Subject"] == "已加入聯絡信箱" or message["Subject"] == "A contact address was added"


def test_what_is_refused_for_good_is_given_up(worker: Worker, smtp: SmtpServer, broker: str) -> None:
    smtp.answers["end"] = "554 5.7.1 Message rejected as spam"
    with smtp.running():
        row = posted()
        ring(broker, outbox.RUN, row.pk)
        until(lambda: reached(row, "failed"))
    assert row.last_error == "554 5.7.1 Message rejected as spam"


def test_a_worker_that_freezes_does_not_send_what_another_has_sent(
    worker: Worker, smtp: SmtpServer, broker: str, settings: Settings
) -> None:
    """It is frozen between its claim and the letter; it wakes up when its lease is over, and another has done it."""
    settings.SMTP_RELAY = relay(smtp.url)
    cache.clear()
    smtp.slow["rcpt"] = 2
    with smtp.running():
        row = posted()
        ring(broker, outbox.RUN, row.pk)
        until(lambda: smtp.asked == 1)
        frozen_at = time.monotonic()
        with stopped(worker.pids()):
            with time_machine.travel(timezone.now() + outbox.LEASE, tick=True):
                until(lambda: tasks.run(row.pk) or reached(row, "sent", attempts=2))
            assert len(smtp.taken) == 1
            time.sleep(max(0.0, sending.SECONDS + 3 - (time.monotonic() - frozen_at)))
        later = posted()
        redis.Redis.from_url(f"{broker}/1").flushdb()
        ring(broker, outbox.RUN, later.pk)
        until(lambda: reached(later, "sent"))  # so the worker has done with the first one
    assert [to for _s, to, message in smtp.taken if f"letter.{row.pk}." in message["Message-ID"]] == [TO]
    assert reached(row, "sent", attempts=2)


def test_postfix_takes_it_into_a_mailbox_and_its_refusal_is_told(
    server: MailServer, store: DovecotStore, address: str, wang: Person, settings: Settings
) -> None:
    if not server.has_postfix:
        pytest.skip("Postfix starts as root only")
    store.ensure(address, password_hash=hash_password(FIRST), quota=QUOTA, welcome=letter(address), revision=1)
    settings.SMTP_RELAY = Relay("smtp", "127.0.0.1", server.smtp)
    cache.clear()
    row = letters.post("contact-added", to=address, person=wang, address="new@home.example")
    nobody = posted(f"nobody@{address.partition('@')[2]}")
    for one in (row, nobody):
        tasks.run(one.pk)
    assert reached(row, "sent")
    assert reached(nobody, "failed")
    assert nobody.last_error.startswith("550 5.1.1 ")
    with signed_in(server, address, FIRST) as client:
        until(lambda: bool(client.select()[1]) and bool(client.search(None, "SUBJECT", '"A contact address"')[1][0]))
        number = client.search(None, "SUBJECT", '"A contact address"')[1][0].split()[0]
        structure = str(client.fetch(number, "(BODYSTRUCTURE)")[1]).lower()
    assert '"alternative"' in structure
    assert sending.greets(settings.SMTP_RELAY) is None  # type: ignore[func-returns-value]


@contextmanager
def tls_server(certificate: Path) -> Iterator[tuple[int, list[bytes]]]:
    """It greets inside TLS; what it hears is kept."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    heard: list[bytes] = []

    def serve(listener: socket.socket) -> None:
        with suppress(OSError), context.wrap_socket(listener.accept()[0], server_side=True) as connection:
            connection.sendall(b"220 here\r\n")
            heard.append(connection.recv(1000))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        yield listener.getsockname()[1], heard
        thread.join()


def test_a_certificate_that_nobody_vouches_for_is_refused_before_the_password(certificate: Path) -> None:
    with tls_server(certificate) as (port, heard), pytest.raises(sending.Unreachable, match="certificate verify failed"):
        sending.greets(Relay("smtps", "127.0.0.1", port, "portal", "pass-word"))
    assert heard == []
