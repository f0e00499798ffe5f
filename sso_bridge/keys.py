"""The key set in force: HANDOFF_KEYS_FILE, read again when it changes, so that keys move over without a restart.

A version that cannot be used leaves the last good one of this process in force; ``problem`` says so until it is mended.
"""

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from sso_bridge.keyset import BadKeySet, Key, Problem, read

logger = logging.getLogger(__name__)

Stamp = tuple[int, int, int]


@dataclass(frozen=True)
class _Loaded:
    """What was made of one version of the file; ``stamp`` is None where there was no file."""

    path: Path
    stamp: Stamp | None
    keys: Mapping[str, Key]
    problem: str | None


_loaded: _Loaded | None = None
_reading = threading.Lock()


def current() -> Mapping[str, Key]:
    """The keys by ``kid``; none at all where the file was never good in this process."""
    return _newest().keys


def problem() -> str | None:
    """For the health check: why the file as it stands is not in force, or None where it is."""
    return _newest().problem


def load(path: Path) -> Mapping[str, Key]:
    """The keys of the file as it stands; BadKeySet with every reason why not."""
    try:
        octets = path.read_bytes()
    except OSError as error:
        cure = (
            'Make a key with "manage.py handoff new-key --alg EdDSA --issuer … --kid …", put its public half into that file '
            'as {"keys": […]}, and let the portal\'s user read it.'
        )
        raise BadKeySet(Problem(1, f"The key file {path} cannot be read: {error.strerror}.", cure)) from error
    return read(octets, private_keys=settings.DEBUG)


def _newest() -> _Loaded:
    global _loaded
    path = Path(settings.HANDOFF_KEYS_FILE)
    loaded = _loaded
    if loaded is not None and (loaded.path, loaded.stamp) == (path, _stamp(path)):
        return loaded
    with _reading:
        stamp = _stamp(path)  # before reading: a change in between is seen at the next look
        if _loaded is None or (_loaded.path, _loaded.stamp) != (path, stamp):
            _loaded = _read(path, stamp)
        return _loaded


def _read(path: Path, stamp: Stamp | None) -> _Loaded:
    try:
        return _Loaded(path, stamp, load(path), None)
    except BadKeySet as error:
        old = _loaded.keys if _loaded is not None and _loaded.path == path else {}
        logger.error("%s is not in force: %s %s", path, error, "The old keys stay." if old else "There are no older keys.")
        return _Loaded(path, stamp, old, str(error))


def _stamp(path: Path) -> Stamp | None:
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_mtime_ns, facts.st_size, facts.st_ino
