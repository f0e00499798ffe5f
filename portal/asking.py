"""Asking another server with a time limit that holds even where its client library has none."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

from django.db import connection

T = TypeVar("T")


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


class Probe(Generic[T]):
    """One question that many may ask: while an asking hangs, nobody starts another."""

    def __init__(self, ask: Callable[[], T]) -> None:
        self._ask = ask
        self._lock = threading.Lock()
        self._answer: Future[T] | None = None

    def asked(self) -> Future[T]:
        with self._lock:
            if self._answer is None or self._answer.done():
                self._answer = in_a_thread(self._ask)
            return self._answer
