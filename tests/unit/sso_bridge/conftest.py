from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from pytest_django import Settings

from sso_bridge.keyset import Key, read
from tests.unit.sso_bridge import campus


@pytest.fixture(scope="session")
def keys() -> dict[str, Key]:
    return read(campus.key_set(), private_keys=False)


@pytest.fixture
def keys_file(tmp_path: Path, settings: Settings) -> Path:
    """The site's key file, with the test campus's public keys."""
    path = tmp_path / "handoff-keys.json"
    path.write_bytes(campus.key_set())
    settings.HANDOFF_KEYS_FILE = path
    settings.HANDOFF_AUDIENCE = campus.AUDIENCE
    return path


@pytest.fixture
def while_fresh() -> Iterator[time_machine.Traveller]:
    """A second after the test campus has made its tokens."""
    with time_machine.travel(campus.NOW + 1, tick=False) as clock:
        yield clock
