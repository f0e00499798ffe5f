"""Asking a county's server: in the time that is left, for an answer of bounded size, at no address of our own network."""

import http.client
import json
import socket
import ssl
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit

from accounts.addresses import normal
from accounts.counties import crowds
from accounts.counties.refusals import Kind, Refused

SECONDS = 10.0  # for all calls of one sign-in together
LARGEST = 1024 * 1024  # octets of an answer


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes

    def members(self) -> dict[str, Any]:
        """The JSON object that it holds; Refused for anything else."""
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            raise Refused(Kind.UNREACHABLE, "answer-unreadable") from None
        if not isinstance(found, dict):
            raise Refused(Kind.UNREACHABLE, "answer-unreadable")
        return found


class Conversation:
    """All that one sign-in asks of one issuer. Redirects are not followed: a document stands where the issuer says."""

    def __init__(self, issuer: str) -> None:
        self._issuer = urlsplit(issuer)
        self._until = time.monotonic() + SECONDS

    def ask(self, url: str, *, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        """GET, or POST where there is a body. Refused where nothing comes in time, too much comes, or a redirect."""
        parts = self._checked(url)
        call = _Call(parts, self._until, trusted_inside=self._is_inside(self._issuer))
        try:
            with crowds.place(self._issuer.geturl()):
                answer = call.result(body, {"Accept": "application/json", **(headers or {})})
        except TimeoutError:
            raise Refused(Kind.UNREACHABLE, "timed-out") from None
        except ssl.SSLCertVerificationError:
            raise Refused(Kind.UNTRUSTED, "bad-certificate") from None
        except (OSError, http.client.HTTPException, UnicodeError):
            raise Refused(Kind.UNREACHABLE, "unreachable") from None
        if 300 <= answer.status < 400:
            raise Refused(Kind.UNREACHABLE, "redirected")
        if answer.status >= 500:
            raise Refused(Kind.UNREACHABLE, "server-failed")
        return answer

    def _checked(self, url: str) -> SplitResult:
        """An address as secure as the issuer's own; Refused for another."""
        try:
            parts = urlsplit(url)
            right = parts.scheme in ("https", self._issuer.scheme) and bool(parts.hostname) and parts.port != 0
        except ValueError:
            right = False
        if not right or not url.isascii() or not url.isprintable() or " " in url:
            raise Refused(Kind.UNTRUSTED, "bad-endpoint")
        return parts

    def _is_inside(self, parts: SplitResult) -> bool:
        """Whether the issuer itself is inside, as in a trial: by its address or the name of this machine, never by DNS."""
        host = parts.hostname or ""
        address = normal(host)
        return host == "localhost" or (address is not None and not address.is_global)


class _Call:
    """One request in a thread of its own: no name server, and no server that sends a byte a second, holds up the page."""

    def __init__(self, parts: SplitResult, until: float, *, trusted_inside: bool) -> None:
        self._parts = parts
        self._until = until
        self._trusted_inside = trusted_inside
        self._socket: socket.socket | None = None

    def result(self, body: bytes | None, headers: dict[str, str]) -> Answer:
        answer: Future[Answer] = Future()

        def run() -> None:
            try:
                answer.set_result(self._exchange(body, headers))
            except Exception as error:
                answer.set_exception(error)

        threading.Thread(target=run, daemon=True).start()
        try:
            return answer.result(timeout=self._left())
        finally:
            if self._socket and not answer.done():
                self._break_off(self._socket)

    @staticmethod
    def _break_off(connection: socket.socket) -> None:
        """What the thread waits for ends now, and the thread with it."""
        try:
            connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            connection.close()

    def _exchange(self, body: bytes | None, headers: dict[str, str]) -> Answer:
        secure = self._parts.scheme == "https"
        host, port = self._parts.hostname or "", self._parts.port or (443 if secure else 80)
        connection = (http.client.HTTPSConnection if secure else http.client.HTTPConnection)(host, port)
        try:
            connection.sock = self._socket = self._connect(host, port, secure)
            path = (self._parts.path or "/") + (f"?{self._parts.query}" if self._parts.query else "")
            connection.request("GET" if body is None else "POST", path, body, headers)
            response = connection.getresponse()
            text = response.read(LARGEST + 1)
            if len(text) > LARGEST:
                raise Refused(Kind.UNREACHABLE, "answer-too-large")
            return Answer(response.status, text)
        finally:
            connection.close()

    def _connect(self, host: str, port: int, secure: bool) -> socket.socket:
        """To an address that was looked at: asking the name server once more might give another one."""
        problem: OSError = OSError("the host has no address")
        for family, kind, protocol, _name, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            if not ip_address(address[0]).is_global and not self._trusted_inside:
                raise Refused(Kind.UNTRUSTED, "private-address")
            plain = socket.socket(family, kind, protocol)
            try:
                plain.settimeout(self._left())
                plain.connect(address)
                return ssl.create_default_context().wrap_socket(plain, server_hostname=host) if secure else plain
            except OSError as error:
                plain.close()
                problem = error
        raise problem

    def _left(self) -> float:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left
