"""What a network does to the mail server: it passes everything on, is slow, or breaks off in the middle."""

import random
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

# Seconds for each piece that goes either way: the longest is more than a store's call may take.
DELAYS = (0.5, 2.0, 12.0)
LONGEST_HALF = 500  # octets of an answer before it breaks off


class Proxy:
    """``mode`` is "through", "slow" or "half"; it holds for the connections that are made from then on."""

    def __init__(self, listeners: list[socket.socket]) -> None:
        self.mode = "through"
        self.ports = [listener.getsockname()[1] for listener in listeners]

    @classmethod
    @contextmanager
    def running(cls, *targets: int) -> "Iterator[Proxy]":
        """One before each of the ports of this machine; ``ports`` in the same order."""
        listeners = [socket.create_server(("127.0.0.1", 0)) for _ in targets]
        proxy = cls(listeners)
        for listener, target in zip(listeners, targets, strict=True):
            threading.Thread(target=proxy._listen, args=(listener, target), daemon=True).start()
        try:
            yield proxy
        finally:
            for listener in listeners:
                listener.close()

    def _listen(self, listener: socket.socket, target: int) -> None:
        with suppress(OSError):  # closed: the end
            while True:
                client, _ = listener.accept()
                threading.Thread(target=self._serve, args=(client, target), daemon=True).start()

    def _serve(self, client: socket.socket, target: int) -> None:
        delay = random.choice(DELAYS) if self.mode == "slow" else 0.0  # noqa: S311
        limit = random.randrange(LONGEST_HALF) if self.mode == "half" else None  # noqa: S311
        try:
            server = socket.create_connection(("127.0.0.1", target))
        except OSError:
            client.close()
            return
        threading.Thread(target=_pass_on, args=(client, server, delay, None), daemon=True).start()
        _pass_on(server, client, delay, limit)


def _pass_on(source: socket.socket, sink: socket.socket, delay: float, limit: int | None) -> None:
    """Until the source ends, or ``limit`` octets are through: then nothing more goes either way."""
    passed = 0
    with suppress(OSError):
        while octets := source.recv(65536):
            time.sleep(delay)
            if limit is not None and passed + len(octets) > limit:
                sink.sendall(octets[: limit - passed])
                break
            sink.sendall(octets)
            passed += len(octets)
        else:
            sink.shutdown(socket.SHUT_WR)
            return
    for end in (source, sink):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
