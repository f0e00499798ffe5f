"""What the mail server tells of sign-ins: taken in, refused, and kept."""

import base64
import io
import json
import logging
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.models import Person
from mailboxes.logins import endpoint, events, writer
from mailboxes.models import Delegation, Job, LoginRecord, Mailbox, MailService
from portal import tasks
from tests.conftest import SUSPENDED

KEY = "key-of-the-mail-server-0123456789"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
AUTHORIZATION = "Basic " + base64.b64encode(f"dovecot:{KEY}".encode()).decode()


def event(when: datetime = NOW, **fields: Any) -> dict[str, Any]:
    """As Dovecot 2.3.19 writes it."""
    known = {
        "duration": 21930,
        "success": "yes",
        "policy_result": "ok",
        "mechanism": "PLAIN",
        "service": "imap",
        "session": "Jgj3C9xgjMR/AAAB",
        "remote_ip": "203.0.113.7",
        "user": "hmwang@mx.nthu.edu.tw",
    } | fields
    return {
        "event": "auth_request_finished",
        "start_time": "2026-11-22T11:47:50.074459Z",
        "end_time": when.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "fields": {name: value for name, value in known.items() if value is not None},
    }


def use(when: datetime = NOW, **fields: Any) -> dict[str, Any]:
    """The same of a folder of another person that is opened, without what nobody reads."""
    opened = {"cmd_name": "SELECT", "tagged_reply_state": "OK", "mailbox": "shared/SFLin@mx.nthu.edu.tw/INBOX"}
    return event(when, **(opened | fields)) | {"event": "imap_command_finished"}


def read(told: object) -> Any:
    return events.read(json.dumps(told).encode(), now=NOW)


# --- read --------------------------------------------------------------------------------------------------------


def test_a_success_and_a_failure_are_read() -> None:
    assert read(event()) == events.Login("hmwang", "mx.nthu.edu.tw", NOW, True, "imap", "203.0.113.7", "Jgj3C9xgjMR/AAAB")
    failure = read(
        event(success=None, service="smtp", session=None, remote_ip="::ffff:203.0.113.9", user="HMWang@MX.nthu.edu.tw")
    )
    assert failure == events.Login("hmwang", "mx.nthu.edu.tw", NOW, False, "smtp", "203.0.113.9", "")


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ("[" * 100_000, "not-json"),
        ("\udcff", "not-json"),
        (json.dumps([event()]), "not-a-login"),
        (json.dumps(event() | {"event": "imap_command_started"}), "not-a-login"),
        (json.dumps(event() | {"event": "imap_command_finished"}), "not-a-use"),
        (json.dumps(use(mailbox="INBOX")), "not-a-use"),
        (json.dumps(use(mailbox=["shared/"])), "not-a-use"),
        (json.dumps(use(tagged_reply_state="NO")), "not-a-use"),
        (json.dumps(use(mailbox="shared/")), "no-address"),
        (json.dumps(use(mailbox="shared/sflin/INBOX")), "no-address"),
        (json.dumps(use(NOW - timedelta(minutes=11))), "too-old"),
        (json.dumps(event() | {"fields": None}), "not-a-login"),
        (json.dumps(event(service="doveadm")), "unknown-protocol"),
        (json.dumps(event(service=["imap"])), "unknown-protocol"),
        (json.dumps(event(user="hmwang")), "no-address"),
        (json.dumps(event(user=7)), "no-address"),
        (json.dumps(event(user="x" * 65 + "@mx.nthu.edu.tw")), "no-address"),
        (json.dumps(event(user="hm\0wang@mx.nthu.edu.tw")), "no-address"),
        (json.dumps(event(user="hm\ud800@mx.nthu.edu.tw")), "no-address"),
        (json.dumps(event(session="s" * 65)), "no-session"),
        (json.dumps(event(session="a\nb")), "no-session"),
        (json.dumps(event() | {"end_time": None}), "no-time"),
        (json.dumps(event() | {"end_time": "yesterday"}), "no-time"),
        (json.dumps(event() | {"end_time": "2026-11-22T12:00:00"}), "no-time"),
        (json.dumps(event(NOW - timedelta(minutes=11))), "too-old"),
        (json.dumps(event(NOW + timedelta(minutes=3))), "not-yet"),
    ],
)
def test_what_is_no_report_of_a_sign_in_now_is_refused(told: str, code: str) -> None:
    with pytest.raises(events.NotTaken, match=f"^{code}$"):
        events.read(told.encode("utf-8", "surrogateescape"), now=NOW)


def test_an_address_that_is_none_is_left_out() -> None:
    assert read(event(remote_ip="; DROP TABLE")).address is None
    assert read(event(remote_ip=None)).address is None


# --- written -----------------------------------------------------------------------------------------------------


@pytest.fixture
def mailbox(services: dict[str, MailService], wang: Person) -> Mailbox:
    return Mailbox.objects.create(
        service=services["mx"], person=wang, local_part="hmwang", domain="mx.nthu.edu.tw",
        stem="hmwang", stem_number=1, state="active", active_at=NOW - timedelta(days=9),
    )  # fmt: skip


def test_records_of_mailboxes_are_kept_and_those_of_strangers_dropped(mailbox: Mailbox) -> None:
    writer.write([read(event()), read(event(user="nobody@mx.nthu.edu.tw")), read(event(user="hmwang@elsewhere.example"))])
    record = LoginRecord.objects.get()
    assert (record.mailbox, record.happened_at, record.succeeded, record.suspended) == (mailbox, NOW, True, False)
    assert (record.protocol, record.address, record.session) == ("imap", "203.0.113.7", "Jgj3C9xgjMR/AAAB")


def test_only_strangers_are_no_error(mailbox: Mailbox) -> None:
    writer.write([read(event(user="nobody@mx.nthu.edu.tw"))])
    assert not LoginRecord.objects.exists()


def test_a_report_that_comes_again_is_no_other(mailbox: Mailbox) -> None:
    first = read(event())
    writer.write([first, first])
    writer.write([first, read(event(NOW + timedelta(microseconds=1)))])
    assert LoginRecord.objects.count() == 2


def test_a_right_password_of_a_suspended_owner_is_no_success(mailbox: Mailbox) -> None:
    Mailbox.objects.update(**SUSPENDED)
    Job.objects.create(mailbox=mailbox, address=mailbox.address, kind="suspend", state="done", due_at=NOW, finished_at=NOW)
    writer.write(
        [
            read(event(NOW - timedelta(seconds=1))),  # let in before the mail server knew
            read(event(NOW + timedelta(seconds=1))),
            read(event(NOW + timedelta(seconds=2), success=None)),
        ]
    )
    found = LoginRecord.objects.order_by("happened_at").values_list("succeeded", "suspended")
    assert list(found) == [(True, False), (False, True), (False, False)]


def test_old_records_are_forgotten_by_the_housekeeping(mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailboxes.models.login.FORGET_AT_ONCE", 2)
    now = timezone.now()
    ages = [timedelta(days=days) for days in (0, 29, 31, 32, 33, 60, 400)]
    writer.write([read(event())._replace(happened_at=now - age) for age in ages])
    tasks.housekeeping()
    kept = LoginRecord.objects.order_by("-happened_at").values_list("happened_at", flat=True)
    assert list(kept) == [now, now - timedelta(days=29)]


def test_the_last_use_of_a_folder_of_another_person_is_kept(mailbox: Mailbox, professor: Person) -> None:
    owner = Mailbox.objects.create(
        service=mailbox.service, person=professor, local_part="sflin", domain=mailbox.domain, stem="sflin", stem_number=1
    )
    day = timedelta(days=1)
    Delegation.objects.create(
        mailbox=owner, delegate=mailbox, folders=["INBOX"], starts_at=NOW - day, ends_at=NOW + day, given_at=NOW - day
    )
    other = use(user="nobody@mx.nthu.edu.tw", mailbox="shared/sflin@mx.nthu.edu.tw")
    writer.write([read(use(NOW - timedelta(minutes=2))), read(event()), read(use()), read(other)])
    assert Delegation.objects.get().last_used_at == NOW
    assert LoginRecord.objects.count() == 1


# --- the door ----------------------------------------------------------------------------------------------------


def nothing_behind(environ: Any, start_response: Any) -> list[bytes]:
    start_response("404 Not Found", [])
    return [b"the portal"]


Answer = tuple[int, dict[str, str], bytes]


def knock(told: object, key: str = KEY, **environ: Any) -> Answer:
    door = endpoint.before(nothing_behind, key=key)
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    found: list[Any] = []
    parts = door(
        {
            "REQUEST_METHOD": "POST", "PATH_INFO": "/events/log-in", "HTTP_AUTHORIZATION": AUTHORIZATION,
            "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body),
        } | environ,
        lambda status, headers, exc_info=None: found.extend((status, headers)),  # type: ignore[arg-type, return-value]
    )  # fmt: skip
    return int(found[0][:3]), dict(found[1]), b"".join(parts)


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[events.Login]]:
    """What is put into the queue, which nobody empties."""
    monkeypatch.setattr(writer, "_thread_of", os.getpid())
    logins: list[events.Login] = []
    yield logins
    while not writer._waiting.empty():
        logins.append(writer._waiting.get_nowait())


def waiting() -> int:
    return writer._waiting.qsize()


def test_a_report_with_the_key_is_taken(taken: list[events.Login]) -> None:
    assert knock(event(timezone.now())) == (202, {"Content-Length": "0"}, b"")
    assert waiting() == 1


@pytest.mark.parametrize(
    "authorization", [None, "", "Basic", "Bearer " + KEY, AUTHORIZATION + "x", AUTHORIZATION[:-1], "Basic Ł", "Basic \xff"]
)
def test_without_the_key_nothing_is_taken(authorization: str | None, taken: list[events.Login]) -> None:
    status, headers, _ = knock(event(timezone.now()), HTTP_AUTHORIZATION=authorization or "")
    assert (status, headers["WWW-Authenticate"]) == (401, 'Basic realm="mail events"')
    assert waiting() == 0


@pytest.mark.parametrize(
    ("told", "environ", "status"),
    [
        (b"{", {}, 400),
        (b"", {}, 400),
        (b" " * 8193, {}, 413),
        (b"{}", {"CONTENT_LENGTH": ""}, 411),
        (b"{}", {"CONTENT_LENGTH": "-1"}, 411),
        (b"{}", {"REQUEST_METHOD": "GET"}, 405),
        (b'{"event": "auth_request_finished"', {"CONTENT_LENGTH": "8000"}, 400),
    ],
)
def test_what_is_no_report_gets_its_own_answer(
    told: bytes, environ: dict[str, str], status: int, taken: list[events.Login]
) -> None:
    assert knock(told, **environ)[0] == status
    assert waiting() == 0


def test_without_a_key_there_is_no_such_door(client: Client, db: None) -> None:
    assert knock(event(), key="") == (404, {}, b"the portal")
    answer: HttpResponse = client.post("/events/log-in", event(), content_type="application/json")
    assert answer.status_code == 404


def test_everything_else_goes_to_the_portal() -> None:
    assert knock(b"", PATH_INFO="/events/log-in/")[2] == b"the portal"


def test_the_queue_has_an_end_and_what_is_beyond_is_refused(
    taken: list[events.Login], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer._waiting, "maxsize", 3)
    assert [knock(event(timezone.now()))[0] for _ in range(5)] == [202, 202, 202, 503, 503]
    assert knock(event(timezone.now()))[1]["Retry-After"] == "1"
    assert waiting() == 3


def test_refusals_are_said_once_a_minute_and_without_what_was_sent(caplog: pytest.LogCaptureFixture) -> None:
    door = endpoint.Refusals()
    with caplog.at_level(logging.WARNING):
        for _ in range(1000):
            door.note("wrong-key")
    assert [record.getMessage() for record in caplog.records] == [
        "1 reports of the mail server were refused, the last one as wrong-key."
    ]


@pytest.mark.django_db(transaction=True)
def test_the_thread_of_a_process_writes_what_was_put_and_ends_with_nothing_left(mailbox: Mailbox) -> None:
    logins = [read(event(NOW + timedelta(microseconds=number))) for number in range(1200)]
    assert all(writer.put(login) for login in logins)
    try:
        writer._finish()
        assert LoginRecord.objects.count() == 1200
    finally:
        writer._ending.clear()
        writer._thread_of = 0
