"""The cache that the web processes share."""

import logging
import time
from typing import Any

from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
PAUSE = 10.0  # seconds without asking a Redis that did not answer

_silent_until = 0.0  # monotonic time; one for all threads of the process


class SharedCache(BaseCache):
    """Redis; and while Redis does not answer, the memory of this process.

    Rate limits are kept here. Without Redis they still hold in each process, so that administrators come in and whoever
    guesses passwords has as many times the limit as there are processes, instead of nobody or everybody having a way in.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._redis = RedisCache(server, params)
        self._own = LocMemCache("while-redis-is-silent", params)

    def add(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._ask("add", *args, **kwargs))

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("get", *args, **kwargs)

    def incr(self, *args: Any, **kwargs: Any) -> int:
        """In one step, and the time that the key has left stays as it is: Django's own would read, and write anew."""
        return int(self._ask("incr", *args, **kwargs))

    def set(self, *args: Any, **kwargs: Any) -> None:
        self._ask("set", *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._ask("touch", *args, **kwargs))

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._ask("delete", *args, **kwargs))

    def clear(self) -> None:
        self._ask("clear")

    def _ask(self, verb: str, *args: Any, **kwargs: Any) -> Any:
        global _silent_until
        if time.monotonic() >= _silent_until:
            try:
                return getattr(self._redis, verb)(*args, **kwargs)
            except RedisError as error:
                _silent_until = time.monotonic() + PAUSE
                log.warning("Redis does not answer (%s); each process counts for itself meanwhile.", type(error).__name__)
        return getattr(self._own, verb)(*args, **kwargs)
