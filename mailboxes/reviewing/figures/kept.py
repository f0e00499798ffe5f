"""The numbers are kept for a minute, and counted by one at a time: a page that ten people open costs as much as for one."""

import time
from datetime import datetime

from django.core.cache import cache

from mailboxes.reviewing.figures.counting import Counts, count
from mailboxes.reviewing.figures.span import Span

SECONDS = 60
PATIENCE = 5  # seconds to wait for whoever is counting; then each counts alone, as where that process was killed
PAUSE = 0.05  # seconds


def counts(span: Span, *, now: datetime) -> Counts:
    """Those of the last minute, whatever language the page is in; counted now where there are none."""
    key = f"figures:{span.first}:{span.last}"
    kept: Counts | None = cache.get(key)
    if kept is not None:
        return kept
    busy = f"{key}:busy"
    mine = cache.add(busy, True, timeout=PATIENCE)
    if not mine and (kept := _waited_for(key)):
        return kept
    try:
        found = count(span, now=now)
        cache.set(key, found, timeout=SECONDS)
    finally:
        if mine:
            cache.delete(busy)
    return found


def _waited_for(key: str) -> Counts | None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        time.sleep(PAUSE)
        if (kept := cache.get(key)) is not None:
            found: Counts = kept
            return found
    return None
