"""A mail server that tells of many sign-ins a second: how many it told, how many were taken, and how many are kept."""

import base64
import json
import os
import socket
import threading
import time
from collections import Counter
from datetime import UTC, datetime

from django.conf import settings
from django.utils import timezone

from accounts.models import Person
from mailboxes.logins import endpoint
from mailboxes.models import LoginRecord, Mailbox, MailService

MAILBOXES, DOMAIN = 1000, "log.example"
CONNECTIONS = 8
LATE = 20.0  # seconds for what still waits in memory


def measure() -> dict[str, float]:
    """``RATE`` records a second for ``SECONDS`` to the portal on ``PORT``."""
    if not Mailbox.objects.filter(domain=DOMAIN).exists():
        _make_mailboxes()
    before = LoginRecord.objects.count()
    (settings.VAR_DIR / "log-ins-began").touch()
    answers: Counter[str] = Counter()
    started = time.perf_counter()
    threads = [threading.Thread(target=_tell, args=(number, answers)) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - started
    taken = answers["202"]
    deadline = time.monotonic() + LATE
    while (kept := LoginRecord.objects.count() - before) < taken and time.monotonic() < deadline:
        time.sleep(0.1)
    return {"told": sum(answers.values()), "taken": taken, "kept": kept, "seconds": seconds}


def _make_mailboxes() -> None:
    service = MailService.objects.get(slug="mx")
    numbers = range(MAILBOXES)
    people = Person.objects.bulk_create(
        Person(source="campus", subject=f"log{number}", username=f"campus:log{number}") for number in numbers
    )
    Mailbox.objects.bulk_create(
        Mailbox(
            service=service, person=person, local_part=f"log{number}", domain=DOMAIN, stem=f"log{number}",
            stem_number=1, state="active", active_at=timezone.now(),
        ) for number, person in zip(numbers, people, strict=True)
    )  # fmt: skip


def _tell(thread: int, answers: Counter[str]) -> None:
    """This connection's share, each at its time; where the portal cannot follow, as fast as it answers."""
    port, count = int(os.environ["PORT"]), int(os.environ["RATE"]) * int(os.environ["SECONDS"]) // CONNECTIONS
    pause = CONNECTIONS / int(os.environ["RATE"])
    connection = socket.create_connection(("127.0.0.1", port), timeout=30)
    began = time.perf_counter()
    for number in range(count):
        time.sleep(max(0, began + number * pause - time.perf_counter()))
        report = _report(f"log{(number * CONNECTIONS + thread) % MAILBOXES}@{DOMAIN}", f"{thread}-{number}")
        connection.sendall(report)
        if not (answer := connection.recv(4096)):  # its time was over between two reports
            connection = socket.create_connection(("127.0.0.1", port), timeout=30)
            connection.sendall(report)
            answer = connection.recv(4096)
        answers[answer[9:12].decode()] += 1
        if b"connection: close" in answer.lower():  # the worker has served its number of requests
            connection = socket.create_connection(("127.0.0.1", port), timeout=30)


def _report(user: str, session: str) -> bytes:
    """As Dovecot sends it."""
    event = {
        "event": "auth_request_finished",
        "start_time": "2026-11-22T11:47:50.074459Z",
        "end_time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "fields": {
            "duration": 21930, "success": "yes", "policy_result": "ok", "mechanism": "PLAIN", "transport": "trusted",
            "service": "imap", "session": session, "local_ip": "127.0.0.1", "real_local_ip": "127.0.0.1",
            "remote_ip": "203.0.113.7", "real_remote_ip": "203.0.113.7", "local_port": 47533, "real_local_port": 47533,
            "remote_port": 50316, "real_remote_port": 50316, "original_user": user, "user": user, "translated_user": user,
        },
    }  # fmt: skip
    body = json.dumps(event, separators=(",", ":")).encode()
    key = base64.b64encode(f"dovecot:{settings.MAIL_EVENTS_KEY}".encode())
    head = f"POST {endpoint.PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\nAuthorization: Basic "
    return head.encode() + key + b"\r\nConnection: Keep-Alive\r\nContent-Type: application/json\r\n\r\n" + body
