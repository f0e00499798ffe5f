"""Asking another server over HTTP: in the time that is left, for an answer of bounded size, at no address not meant."""

import http.client
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, TypeVar
from urllib.parse import SplitResult, urlsplit

from django.db import connection

from accounts.addresses import normal

T = TypeVar("T")
LARGEST = 1024 * 1024  # octets of an answer


class NotAnswered(Exception):
    """``code`` is a word of ours, never a text of the server's."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes

    def members(self) -> dict[str, Any]:
        """The JSON object that it holds; NotAnswered for anything else."""
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            raise NotAnswered("answer-unreadable") from None
        if not isinstance(found, dict):
            raise NotAnswered("answer-unreadable")
        return found


def in_a_thread(ask: Callable[[], T]) -> Future[T]:
    """What ``ask`` will have answered or raised. A thread that hangs keeps no process from ending."""
    answer: Future[T] = Future()

    def run() -> None:
        try:
            answer.set_result(ask())
        except Exception as error:
            answer.set_exception(error)
        finally:
            connection.close()

    threading.Thread(target=run, daemon=True).start()
    return answer


def checked(url: str, schemes: tuple[str, ...]) -> SplitResult:
    """The parts of an address that can be asked; NotAnswered for another."""
    try:
        parts = urlsplit(url)
        right = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        right = False
    if not right or not url.isascii() or not url.isprintable() or " " in url:
        raise NotAnswered("bad-endpoint")
    return parts


def is_inside(host: str) -> bool:
    """Whether a host is inside our own network: by its address or the name of this machine, never by DNS."""
    address = normal(host)
    return host == "localhost" or (address is not None and not address.is_global)


def ask(
    parts: SplitResult, *, until: float, inside: bool, body: bytes | None = None, headers: dict[str, str] | None = None
) -> Answer:
    """GET, or POST where there is a body; ``until`` is in monotonic time, ``inside`` allows addresses that are not public.

    NotAnswered where nothing comes in time, too much comes, or a redirect: those are not followed, wherever they lead.
    """
    try:
        answer = _Call(parts, until, inside=inside).result(body, {"Accept": "application/json", **(headers or {})})
    except TimeoutError:
        raise NotAnswered("timed-out") from None
    except ssl.SSLCertVerificationError:
        raise NotAnswered("bad-certificate") from None
    except (OSError, http.client.HTTPException, UnicodeError):
        raise NotAnswered("unreachable") from None
    if 300 <= answer.status < 400:
        raise NotAnswered("redirected")
    if answer.status >= 500:
        raise NotAnswered("server-failed")
    return answer


class _Call:
    """One request in a thread of its own: no name server, and no server that sends a byte a second, holds up the page."""

    def __init__(self, parts: SplitResult, until: float, *, inside: bool) -> None:
        self._parts = parts
        self._until = until
        self._inside = inside
        self._socket: socket.socket | None = None

    def result(self, body: bytes | None, headers: dict[str, str]) -> Answer:
        answer = in_a_thread(lambda: self._exchange(body, headers))
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
                raise NotAnswered("answer-too-large")
            return Answer(response.status, text)
        finally:
            connection.close()

    def _connect(self, host: str, port: int, secure: bool) -> socket.socket:
        """To an address that was looked at: asking the name server once more might give another one."""
        problem: OSError = OSError("the host has no address")
        for family, kind, protocol, _name, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            if not ip_address(address[0]).is_global and not self._inside:
                raise NotAnswered("private-address")
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
