"""How often somebody may do a thing."""

from contextlib import suppress

from django.core.cache import cache


def within(most: int, *, seconds: int, of: str) -> bool:
    """Count one more of ``of`` in a span of ``seconds``, which the first one begins; False for each beyond ``most``.

    Kept in the cache that all web processes share, and counted there in one step.
    """
    key = f"limit:{of}"
    cache.add(key, 0, seconds)
    try:
        count = cache.incr(key)
    except ValueError:  # the span has ended between the two
        return True
    if count == 1:  # where it has ended inside Redis's own two steps, the key would be there for ever
        cache.touch(key, seconds)
    return count <= most


def give_back(*, of: str) -> None:
    """Take one back that should not have counted, as a try that turned out right."""
    key = f"limit:{of}"
    with suppress(ValueError):  # the span has ended meanwhile
        if cache.decr(key) < 0:
            cache.delete(key)
