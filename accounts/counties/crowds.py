"""How many of this process's threads may wait for the counties at once: one that hangs must not take them all."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.conf import settings

from accounts.counties.refusals import Kind, Refused

# A county in order answers in much less, so that its people may queue; what takes all places for longer is slow.
PATIENCE = 1.0  # seconds
ALL = ""

_crowds: dict[str, "_Crowd"] = {}
_making = threading.Lock()


@contextmanager
def place(issuer: str) -> Iterator[None]:
    """Wait for one county with at most half of the threads, and for all of them together with all but one.

    Refused where every place is taken by somebody who has waited for PATIENCE: at once, for whoever comes after that.
    """
    threads = settings.WEB_THREADS
    with ExitStack() as places:
        places.enter_context(_crowd(issuer).place(most=max(1, threads // 2)))
        places.enter_context(_crowd(ALL).place(most=max(1, threads - 1)))
        yield


class _Crowd:
    def __init__(self) -> None:
        self._since: list[float] = []  # monotonic, of everybody who has a place, in their order
        self._changed = threading.Condition()

    @contextmanager
    def place(self, most: int) -> Iterator[None]:
        with self._changed:
            if len(self._since) >= most:
                patience = self._since[-1] + PATIENCE - time.monotonic()
                self._changed.wait_for(lambda: len(self._since) < most, timeout=max(0.0, patience))
            if len(self._since) >= most:
                raise Refused(Kind.BUSY, "too-many-wait")
            since = time.monotonic()
            self._since.append(since)
        try:
            yield
        finally:
            with self._changed:
                self._since.remove(since)
                self._changed.notify()


def _crowd(name: str) -> _Crowd:
    with _making:
        return _crowds.setdefault(name, _Crowd())
