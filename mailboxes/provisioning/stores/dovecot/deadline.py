"""One deadline for everything that a call does: a server that sends a byte a second gets no more time than a dead one."""

import socket
import ssl
import time
from typing import Any

from mailboxes.provisioning.stores.dovecot.places import Place


class Deadline:
    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds left; TimeoutError if there are none."""
        left = self._at - time.monotonic()
        if left <= 0:
            raise TimeoutError("no answer in time")
        return left


class _Plain(socket.socket):
    """Each read and write may take what is left, so that all of them together take no more."""

    deadline: Deadline

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(self.deadline.left())
        return super().recv_into(*args, **kwargs)

    def sendall(self, *args: Any, **kwargs: Any) -> None:
        self.settimeout(self.deadline.left())
        super().sendall(*args, **kwargs)


class _Secure(_Plain, ssl.SSLSocket):
    """The same inside TLS."""


def connect(place: Place, deadline: Deadline) -> socket.socket:
    """A connection whose reads and writes all end at the deadline; OSError if none of the host's addresses takes it."""
    problem: OSError = OSError("the host has no address")
    for family, kind, protocol, _name, address in socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM):
        plain = _Plain(family, kind, protocol)
        plain.deadline = deadline
        try:
            plain.settimeout(deadline.left())
            plain.connect(address)
            return _with_tls(plain, place.host, deadline) if place.tls else plain
        except OSError as error:
            plain.close()
            problem = error
    raise problem


def _with_tls(plain: socket.socket, host: str, deadline: Deadline) -> socket.socket:
    context = ssl.create_default_context()
    context.sslsocket_class = _Secure
    plain.settimeout(deadline.left())
    secure = context.wrap_socket(plain, server_hostname=host)
    assert isinstance(secure, _Secure)  # noqa: S101 - tells the type checker what the line above has made
    secure.deadline = deadline
    return secure
