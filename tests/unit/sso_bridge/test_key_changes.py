"""A key that somebody puts into the file, changes there or takes out is an event, once."""

import json
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from accounts.models import AuditEvent
from sso_bridge.issuing import new_key
from sso_bridge.tasks import notice_keys

pytestmark = pytest.mark.django_db


def public(kid: str, alg: str = "EdDSA", **more: Any) -> dict[str, Any]:
    return new_key(alg=alg, issuer="https://ais.test", kid=kid)[1] | more


@pytest.fixture
def file(tmp_path: Path, settings: Settings) -> Path:
    settings.HANDOFF_KEYS_FILE = tmp_path / "keys.json"
    return tmp_path / "keys.json"


def told(file: Path, *keys: dict[str, Any]) -> list[tuple[str, str]]:
    """The events that come of a file with these keys."""
    before = AuditEvent.objects.count()
    file.write_text(json.dumps({"keys": keys}))
    notice_keys()
    notice_keys()
    events = list(AuditEvent.objects.order_by("pk"))[before:]
    assert all((event.person, event.actor) == (None, None) for event in events)
    return [(event.verb, event.details["name"]) for event in events]


def test_each_key_is_told_once(file: Path) -> None:
    one, two, three = public("campus-1"), public("campus-2", "HS256"), public("campus-3", "ES256")
    assert told(file, one, two) == [("key.added", "campus-1"), ("key.added", "campus-2")]
    assert told(file, two, one) == []
    assert told(file, one, two | {"portal_exp": 1_800_000_000}) == [("key.changed", "campus-2")]
    assert told(file, public("campus-1"), three) == [
        ("key.changed", "campus-1"), ("key.removed", "campus-2"), ("key.added", "campus-3"),
    ]  # fmt: skip
    assert two["k"] not in str(list(AuditEvent.objects.values()))


def test_a_file_that_is_no_key_set_changes_nothing(file: Path) -> None:
    told(file, public("campus-1"))
    file.write_text("{")
    notice_keys()
    file.unlink()
    notice_keys()
    assert AuditEvent.objects.count() == 1
