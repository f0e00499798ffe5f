"""What the doctor says of the events and of their sealing."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts import audit
from accounts.auditing import sealing
from portal.doctor.events import look

pytestmark = pytest.mark.django_db


def codes() -> list[tuple[str, str]]:
    return [(finding.level, finding.code) for finding in look()]


def test_no_event_and_a_fresh_one_are_well() -> None:
    assert codes() == [("ok", "audit")]
    audit.record("test.happened", person=None)
    assert codes() == [("ok", "audit")]


def test_an_event_that_nobody_seals_is_a_problem_until_somebody_does() -> None:
    with time_machine.travel(timezone.now() - timedelta(minutes=6)):
        audit.record("test.happened", person=None)
    assert codes() == [("problem", "audit-unsealed")]
    assert "beat and a worker" in look()[0].cure
    now = timezone.now()
    sealing.seal_all(now, until=now + timedelta(minutes=1))
    assert codes() == [("ok", "audit")]
