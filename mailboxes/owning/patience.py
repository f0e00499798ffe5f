"""A mail server that hangs may hold up the pages that show it, and no others: it is not asked again at once."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from mailboxes.provisioning.stores import StoreUnavailable

PAUSE = 5.0  # seconds without asking a mail system that did not answer

_silent_until: dict[str, float] = {}  # monotonic time by store; for all threads of the process


@contextmanager
def asking(store: str) -> Iterator[None]:
    """To be entered by whoever asks for a page; StoreUnavailable while the pause after the last failure lasts."""
    if time.monotonic() < _silent_until.get(store, 0.0):
        raise StoreUnavailable("It did not answer a moment ago, and is left alone for some seconds.")
    try:
        yield
    except StoreUnavailable:
        _silent_until[store] = time.monotonic() + PAUSE
        raise
