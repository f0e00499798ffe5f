"""Events, some of which are old, and a check of the whole chain in words."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from accounts import audit
from accounts.auditing import sealing
from accounts.models import AuditEvent, AuditLink, Person

NOW = datetime.fromisoformat("2026-11-22T15:00:00+08:00")


@pytest.fixture
def happened(wang: Person) -> Callable[..., AuditEvent]:
    """An event of so many days ago."""

    def happen(verb: str = "application.pending", *, days: float = 1, **details: object) -> AuditEvent:
        with time_machine.travel(NOW - timedelta(days=days), tick=False):
            audit.record(verb, person=wang, actor=wang, mailbox="王@mx.example", address="2001:db8::7", **details)
        return AuditEvent.objects.latest("pk")

    return happen


Happened = Callable[..., AuditEvent]


def seal() -> int:
    return sealing.seal_all(NOW, until=timezone.now() + timedelta(minutes=1))


@pytest.fixture
def sealed(happened: Happened) -> list[AuditEvent]:
    """Seven events, sealed."""
    events = [
        happened(days=8 - number, 姓名="王小明", number=number, before={"b": None, "a": [1.5, True]}) for number in range(7)
    ]
    assert seal() == 7
    return events


def verify(*options: str) -> tuple[int, list[str]]:
    """The status with which the command ends, and what it says."""
    said = StringIO()
    try:
        call_command("audit", "verify", *options, stdout=said)
    except SystemExit as end:
        return int(str(end.code)), said.getvalue().splitlines()
    return 0, said.getvalue().splitlines()


def faults(*options: str) -> list[str]:
    """What is wrong, without the two lines at the end."""
    status, lines = verify(*options)
    assert status == (len(lines) > 1), lines
    return lines[:-2]


def anchor() -> str:
    said = StringIO()
    call_command("audit", "anchor", stdout=said)
    return said.getvalue().strip()


def links() -> int:
    return AuditLink.objects.count()
