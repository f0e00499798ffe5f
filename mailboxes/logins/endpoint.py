"""Where Dovecot reports each sign-in: a door of its own before Django, for there may be a thousand a second.

It takes POST with one JSON event, from whoever has ``MAIL_EVENTS_KEY``: in the header Authorization (RFC 7617, the user
``dovecot``), where no access log holds it. 202 says that the record is kept in memory and will be written; whether its
mailbox exists is seen then. Dovecot does not wait for the answer before it lets somebody in, and never asks again.
"""

import base64
import hmac
import logging
import threading
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from mailboxes.logins import events, writer

log = logging.getLogger(__name__)

PATH = "/events/log-in"
USER = "dovecot"
SAY_EVERY = 60.0  # seconds between two lines about refusals, in each process


def before(application: WSGIApplication, *, key: str) -> WSGIApplication:
    """The application with this door; just the application where there is no key."""
    if not key:
        return application
    authorization = b"Basic " + base64.b64encode(f"{USER}:{key}".encode())
    refusals = Refusals()

    def with_door(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO") != PATH:
            return application(environ, start_response)
        status, headers = _answer(environ, authorization, refusals)
        start_response(status, [("Content-Length", "0"), *headers])
        return []

    return with_door


class Refusals:
    """Counts what is refused, and says so now and then: a log that grows with each is another way to fill a disk."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = 0
        self._said_at = float("-inf")

    def note(self, code: str) -> None:
        with self._lock:
            self._count += 1
            if time.monotonic() < self._said_at + SAY_EVERY:
                return
            self._said_at, count, self._count = time.monotonic(), self._count, 0
        log.warning("%d reports of the mail server were refused, the last one as %s.", count, code)


def _answer(environ: WSGIEnvironment, authorization: bytes, refusals: Refusals) -> tuple[str, list[tuple[str, str]]]:
    if environ["REQUEST_METHOD"] != "POST":
        return "405 Method Not Allowed", [("Allow", "POST")]
    if not hmac.compare_digest(environ.get("HTTP_AUTHORIZATION", "").encode("latin-1", "replace"), authorization):
        refusals.note("wrong-key")
        return "401 Unauthorized", [("WWW-Authenticate", 'Basic realm="mail events"')]
    length = environ.get("CONTENT_LENGTH") or ""
    if not (length.isascii() and length.isdigit()):
        return "411 Length Required", []
    if int(length) > events.LARGEST:
        refusals.note("too-large")
        return "413 Content Too Large", []
    try:
        login = events.read(environ["wsgi.input"].read(int(length)), now=datetime.now(UTC))
    except events.NotTaken as refused:
        refusals.note(str(refused))
        return "400 Bad Request", []
    if not writer.put(login):
        refusals.note("too-many")
        return "503 Service Unavailable", [("Retry-After", "1")]
    return "202 Accepted", []
