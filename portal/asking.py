"""Asking another server for many at once, with a time limit that holds even where its client library has none."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

from accounts.asking import in_a_thread

T = TypeVar("T")


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
