"""The environment, read strictly: a value that cannot be meant stops the start and names itself."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def boolean(name: str, *, default: bool = False) -> bool:
    """0 or 1; anything else raises, so that DEBUG=false never means "on"."""
    value = os.environ.get(name, "1" if default else "0")
    if value not in ("0", "1"):
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to 0 or 1.")
    return value == "1"


def integer(name: str, default: int, *, least: int = 0) -> int:
    value = os.environ.get(name, str(default))
    if not value.isascii() or not value.isdigit() or int(value) < least:
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to a whole number of {least} or more.")
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    """A list written with commas: ``a, b`` is ``["a", "b"]``."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def secret(name: str, *, dev: str | None) -> str:
    """What ``optional_secret`` finds; ``dev`` where nothing is set, unless it is None."""
    value = optional_secret(name) or dev
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. Put it into {name}, or its path into {name}_FILE.")
    return value


def optional_secret(name: str) -> str:
    """``NAME``, or the content of the file that ``NAME_FILE`` names; empty where neither is set."""
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text().strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE names {path!r}, which cannot be read: {error.strerror}.") from error
    return os.environ.get(name, "")
