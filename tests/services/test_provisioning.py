"""The whole way: an application in the portal's database, a real worker, a real mail server, a mail program at its end."""

import smtplib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone

from accounts import policies
from accounts.models import Person, PolicyVersion
from mailboxes import shelf
from mailboxes.applying import services as applying
from mailboxes.models import Application, Job, Mailbox, MailService
from mailboxes.provisioning import outbox
from mailboxes.provisioning.stores.dovecot import accounts
from mailboxes.provisioning.stores.dovecot.deadline import Deadline
from tests.mailserver import MailServer
from tests.services.conftest import FIRST, SECOND, Refuses, signed_in
from tests.services.working import ring, until, valkey, working


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with valkey(tmp_path_factory.mktemp("valkey")) as url:
        yield url


@pytest.fixture
def worker(transactional_db: None, server: MailServer, broker: str, tmp_path: Path) -> Iterator[Path]:
    """A real worker on this test's database; the value is its log."""
    with working(broker, tmp_path, **server.env()) as running:
        yield running.log


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
    ring(broker, outbox.RUN, job.pk)
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
    ring(broker, outbox.RUN, change.pk)
    until(lambda: done(change))
    assert "Welcome" in subjects(server, mailbox.address, SECOND)
    refuses(mailbox.address, FIRST, "AUTHENTICATIONFAILED")

    with accounts.opened(server.env()["MAIL_DATABASE_URL"], Deadline(5)) as rows:
        rows.delete(mailbox.address)  # another test may want the name
    for secret in (FIRST, SECOND, "$argon2", server.key):
        assert secret not in worker.read_text()
