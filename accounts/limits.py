"""How often somebody may do a thing."""

import time

from django.core.cache import cache


def within(most: int, *, seconds: int, of: str) -> bool:
    """Count one more of ``of`` in the current span of ``seconds``; False if there have been ``most`` of it already.

    Kept in the shared cache. Of counts in the very same moment one may be lost: good enough to slow somebody down, not to
    guard what must never happen twice.
    """
    key = f"limit:{of}:{int(time.time() // seconds)}"
    count = cache.get(key, 0)
    if count >= most:
        return False
    cache.set(key, count + 1, seconds)
    return True
