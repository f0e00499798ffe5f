"""The cloud drive is asked with the key, for a short time, where the service says and nowhere else. Servers here pretend."""

import json
import socket
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from pytest_django import Settings

from accounts.asking import NotAnswered
from mailboxes import drive
from mailboxes.drive import Drive
from mailboxes.models import MailService
from tests.unit.mailboxes.test_dovecot_faults import Talk, hanging, listening

ADDRESS = "hmwang+x@mx.nthu.edu.tw"
KEY = "a-key-of-twenty-letters"


@pytest.fixture(autouse=True)
def trial(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.HTTPS = False
    settings.DRIVE_KEY = KEY
    monkeypatch.setattr(drive, "SECONDS", 0.5)


def answering(body: Any, status: str = "200 OK", more: str = "", heard: list[str] | None = None) -> Talk:
    octets = body if isinstance(body, bytes) else json.dumps(body).encode()

    def talk(connection: socket.socket) -> None:
        asked = b""
        while b"\r\n\r\n" not in asked:
            asked += connection.recv(65536)
        if heard is not None:
            heard.append(asked.decode())
        connection.sendall(f"HTTP/1.1 {status}\r\nContent-Length: {len(octets)}\r\n{more}\r\n".encode() + octets)

    return talk


def ask(talk: Talk, path: str = "/drive/") -> Drive | None:
    with listening(talk) as place:
        return drive.usage(f"http://127.0.0.1:{place.port}{path}", ADDRESS)


def test_it_says_who_is_meant_and_shows_the_key() -> None:
    heard: list[str] = []
    assert ask(answering({"used": 5, "allowed": 10, "more": "."}, heard=heard), "/usage?v=2") == Drive(5, 10)
    assert heard[0].startswith("GET /usage?v=2&address=hmwang%2Bx%40mx.nthu.edu.tw HTTP/1.1\r\n")
    assert f"Authorization: Bearer {KEY}\r\n" in heard[0]


def test_somebody_may_have_none() -> None:
    assert ask(answering({}, "404 Not Found")) is None


@pytest.mark.parametrize(
    ("talk", "code"),
    [
        (hanging, "timed-out"),
        (lambda connection: None, "unreachable"),
        (answering({}, "401 Unauthorized"), "key-refused"),
        (answering({}, "500 Broken"), "server-failed"),
        (answering({}, "302 Found", "Location: http://169.254.169.254/\r\n"), "redirected"),
        (answering(b"<html>"), "answer-unreadable"),
        (answering([5, 10]), "answer-unreadable"),
        (answering({"used": 5}), "answer-unreadable"),
        (answering({"used": "5", "allowed": 10}), "answer-unreadable"),
        (answering({"used": True, "allowed": 10}), "answer-unreadable"),
        (answering({"used": -5, "allowed": 10}), "answer-unreadable"),
        (answering({"used": 5, "allowed": 10**30}), "answer-unreadable"),
        (answering({"used": 5, "allowed": 10}, "202 Accepted"), "answer-unreadable"),
        (answering(b" " * 1_100_000), "answer-too-large"),
    ],
)
def test_what_it_does_otherwise_has_a_code(talk: Talk, code: str) -> None:
    with pytest.raises(NotAnswered) as problem:
        ask(talk)
    assert problem.value.code == code
    assert KEY not in str(problem.value)


@pytest.mark.parametrize(
    ("url", "https", "fine"),
    [
        ("https://drive.campus.example/usage/", True, True),
        ("https://10.0.0.5/usage/", True, True),  # an administrator may well mean a server inside
        ("http://127.0.0.1:8001/drive/", False, True),
        ("http://127.0.0.1:8001/drive/", True, False),
        ("http://drive.campus.example/", False, False),
        ("http://10.0.0.5/", False, False),
        ("ftp://drive.campus.example/", True, False),
        ("drive.campus.example", True, False),
        ("https://drive.campus.example:99999/", True, False),
        ("https://drive campus/", True, False),
    ],
)
def test_the_administration_takes_no_address_that_is_not_safe(
    services: dict[str, MailService], settings: Settings, url: str, https: bool, fine: bool
) -> None:
    settings.HTTPS = https
    service = services["mx"]
    service.drive_url = url
    check: Callable[[], None] = service.full_clean
    if fine:
        check()
        return
    with pytest.raises(ValidationError, match="https://"):
        check()
    with pytest.raises(NotAnswered, match="bad-endpoint"):
        drive.usage(url, ADDRESS)
