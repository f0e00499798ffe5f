"""What the tests of forwarding and of automatic replies share: two mailboxes that get and send letters, and their rows."""

import smtplib
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from accounts.models import Person
from mailboxes.models import Forward, Forwarding, Mailbox, MailService, Vacation
from mailboxes.provisioning.hashing import hash_password
from mailboxes.provisioning.stores.dovecot.store import DovecotStore
from tests.mailserver import MailServer
from tests.services.conftest import FIRST, QUOTA, letter, signed_in
from tests.services.working import until

SENDER = "colleague@example.org"


def row_of(address: str, service: MailService, person: Person) -> Mailbox:
    """The row in the portal of a mailbox that is there already."""
    MailService.objects.filter(pk=service.pk).update(store="dovecot")
    local_part, domain = address.split("@")
    fields = {"local_part": local_part, "domain": domain, "stem": local_part, "stem_number": 1}
    return Mailbox.objects.create(service=service, person=person, state="active", active_at=timezone.now(), **fields)


def forward(box: Mailbox, target: str, place: int = 1, mode: str = "copy") -> None:
    now = timezone.now()
    Forwarding.objects.update_or_create(mailbox=box, defaults={"mode": mode})
    Forward.objects.create(mailbox=box, place=place, target=target, asked_at=now, confirmed_at=now)


def answer(box: Mailbox, text: str, first: int = 0, last: int = 0) -> None:
    """From the ``first`` day to the ``last``, counted from today."""
    today = timezone.localdate()
    days = {"first_day": today + timedelta(days=first), "last_day": today + timedelta(days=last)}
    Vacation.objects.create(mailbox=box, is_on=True, subject='不在 "辦公室" \\', text=text, **days)


def opened(server: MailServer, store: DovecotStore, address: str) -> str:
    if not server.has_postfix:
        pytest.skip("Postfix starts as root only")
    store.ensure(address, password_hash=hash_password(FIRST), quota=QUOTA, welcome=letter(address), revision=1)
    return address


def send(server: MailServer, to: str, subject: str, sender: str = SENDER) -> None:
    """From outside, by Postfix."""
    with smtplib.SMTP("127.0.0.1", server.smtp, local_hostname="elsewhere.example") as smtp:
        smtp.sendmail(sender, [to], written(to, subject, sender))


def taken(server: MailServer, to: str, subject: str, sender: str = SENDER) -> bool:
    """Whether Dovecot takes it at once: with SQLite it fails its first look after a change of the schema."""
    with smtplib.LMTP("127.0.0.1", server.lmtp) as lmtp:
        try:
            return not lmtp.sendmail(sender, [to], written(to, subject, sender))
        except smtplib.SMTPException:
            return False


def written(to: str, subject: str, sender: str) -> str:
    head = f"From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: <{subject}.{to}>\r\n"
    return f"{head}\r\nHello.\r\n"


def subjects(server: MailServer, address: str, folder: str = "INBOX") -> list[str]:
    """Of all letters but the welcome letter, in their order."""
    with signed_in(server, address, FIRST) as client:
        client.select(folder)
        found = client.fetch("1:*", "(BODY[HEADER.FIELDS (SUBJECT)])")[1]
        heads = [part[1].decode() for part in found if isinstance(part, tuple)]
        return [head.partition(":")[2].strip() for head in heads if "=?utf-8?" not in head]


def letters_in(server: MailServer, address: str) -> int:
    with signed_in(server, address, FIRST) as client:
        return int(client.select()[1][0] or 0)


def arrives(server: MailServer, address: str, subject: str, folder: str = "INBOX") -> None:
    until(lambda: subject in subjects(server, address, folder))


def put_own(server: MailServer, address: str, script: str) -> Path:
    """As its owner's webmail does by ManageSieve, with doveadm: the portal's key may not do it."""
    configuration = server.run / "etc" / "dovecot" / "dovecot.conf"
    argv = ["doveadm", "-c", configuration, "sieve", "put", "-u", address, "-a", "mine"]
    subprocess.run(argv, input=script.encode(), check=True, capture_output=True)
    local_part, domain = address.split("@")
    return server.place / "letters" / domain / local_part / "sieve" / "mine.sieve"
