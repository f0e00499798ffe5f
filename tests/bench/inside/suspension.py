"""Suspends a mailbox by the outbox, as often as is asked for, and looks how long each way in and out stays open after that.

``OWNER`` forwards to ``FRIEND``, both mailboxes of the mail server that the portal's workers bring their jobs to.
"""

import imaplib
import os
import poplib
import smtplib
import time
from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from mailboxes.models import Forward, Forwarding, Job, Mailbox
from mailboxes.provisioning import outbox
from mailboxes.provisioning.stores.dovecot.places import place
from tests.visits.campus import PASSWORD

TIMES, OTHERS = 20, 10
PAUSE = 0.01  # seconds
LETTERS_AFTER = 5  # sent after the first refusal, to be sure
PATIENCE = 60.0
OWNER, FRIEND = os.environ["OWNER"], os.environ["FRIEND"]
SERVER = "127.0.0.1"
IMAP = place(settings.IMAP_URL, "imap").port


def measure() -> dict[str, list[float]]:
    """Seconds from the commit of each suspension to what each list is named for."""
    box = Mailbox.objects.select_related("service").get(local_part=OWNER.partition("@")[0])
    now = timezone.now()
    Forwarding.objects.update_or_create(mailbox=box, defaults={"mode": "copy"})
    Forward.objects.create(mailbox=box, place=1, target=FRIEND, asked_at=now, confirmed_at=now)
    _bring(box, Job.Kind.FILTER)
    return {
        "imap": [_until_refused(box, imap) for _ in range(TIMES)],
        "pop3": [_until_refused(box, pop3) for _ in range(OTHERS)],
        "smtp": [_until_refused(box, smtp) for _ in range(OTHERS)],
        "open": [_until_thrown_out(box) for _ in range(OTHERS)],
        "forwarded": _last_forwarded(box),
    }


def imap() -> bool:
    """Whether the owner is let in, as ``pop3`` and ``smtp``."""
    client = imaplib.IMAP4(SERVER, IMAP)
    try:
        client.login(OWNER, PASSWORD)
    except imaplib.IMAP4.error:
        return False
    finally:
        client.shutdown()
    return True


def pop3() -> bool:
    client = poplib.POP3(SERVER, int(os.environ["POP3"]))
    try:
        client.user(OWNER)
        client.pass_(PASSWORD)
    except poplib.error_proto:
        return False
    finally:
        client.close()
    return True


def smtp() -> bool:
    with smtplib.SMTP(SERVER, int(os.environ["SUBMISSION"]), local_hostname="laptop.example") as client:
        try:
            client.login(OWNER, PASSWORD)
        except smtplib.SMTPAuthenticationError:
            return False
    return True


def _until_refused(box: Mailbox, lets_in: Callable[[], bool]) -> float:
    assert lets_in()
    asked = _ask(box, Job.Kind.SUSPEND)
    _wait(lambda: not lets_in())
    taken = time.perf_counter() - asked
    _bring(box, Job.Kind.RESUME)
    return taken


def _until_thrown_out(box: Mailbox) -> float:
    """The later of an idle session by IMAP and one by POP3."""
    watching, fetching = imaplib.IMAP4(SERVER, IMAP), poplib.POP3(SERVER, int(os.environ["POP3"]))
    watching.login(OWNER, PASSWORD)
    watching.select()
    watching.send(b"i1 IDLE\r\n")
    assert watching.readline().startswith(b"+ idling")
    fetching.user(OWNER)
    fetching.pass_(PASSWORD)
    asked = _ask(box, Job.Kind.SUSPEND)
    for session in (watching.sock, fetching.sock):
        session.settimeout(PATIENCE)
        while session.recv(4096):
            pass
    taken = time.perf_counter() - asked
    watching.shutdown()
    fetching.close()
    _bring(box, Job.Kind.RESUME)
    return taken


def _last_forwarded(box: Mailbox) -> list[float]:
    """When the last letter that still went on to the friend was handed in."""
    rounds = [_letters_while_suspended(box, number) for number in range(OTHERS)]
    _send("the last of all")
    _wait(lambda: "the last of all" in _subjects())
    found = _subjects()
    return [max((when for subject, when in letters.items() if subject in found), default=0.0) for letters in rounds]


def _letters_while_suspended(box: Mailbox, number: int) -> dict[str, float]:
    asked = _ask(box, Job.Kind.SUSPEND)
    sent: dict[str, float] = {}
    after = 0
    while after < LETTERS_AFTER:
        subject = f"letter {number}-{len(sent)}."
        sent[subject] = time.perf_counter() - asked
        _send(subject)
        after += not imap()
    _bring(box, Job.Kind.RESUME)
    return sent


def _send(subject: str) -> None:
    lmtp = place(settings.LMTP_URL, "lmtp")
    with smtplib.LMTP(lmtp.host, lmtp.port) as client:
        client.sendmail(
            "colleague@example.org", [OWNER], f"Subject: {subject}\r\nMessage-ID: <{subject}@bench>\r\n\r\n.\r\n"
        )


def _subjects() -> str:
    client = imaplib.IMAP4(SERVER, IMAP)
    client.login(FRIEND, PASSWORD)
    client.select()
    found = str(client.fetch("1:*", "(BODY[HEADER.FIELDS (SUBJECT)])")[1])
    client.shutdown()
    return found


def _ask(box: Mailbox, kind: Job.Kind) -> float:
    with transaction.atomic():
        outbox.put(box, kind, now=timezone.now())
    return time.perf_counter()


def _bring(box: Mailbox, kind: Job.Kind) -> None:
    """Ask and wait until it is done."""
    _ask(box, kind)
    _wait(lambda: not Job.objects.filter(mailbox=box, state=Job.State.WAITING).exists())


def _wait(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(PAUSE)
