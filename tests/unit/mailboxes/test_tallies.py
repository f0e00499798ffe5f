"""What is counted apart from persons."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client

from accounts.models import Person
from mailboxes import tallies
from mailboxes.models import Job, Mailbox, MailService, Tally
from mailboxes.provisioning import outbox, tasks
from tests.conftest import GOOD_PASSWORD
from tests.unit.mailboxes.conftest import GOOD, PASSWORD, MakeMailbox

pytestmark = pytest.mark.django_db

Committed = Callable[..., AbstractContextManager[Any]]
EVENING, NIGHT = datetime(2026, 11, 21, 15, 59, tzinfo=UTC), datetime(2026, 11, 21, 16, 0, tzinfo=UTC)


def counted() -> list[tuple[object, ...]]:
    return list(Tally.objects.order_by("day", "what", "value").values_list("service__slug", "what", "value", "count"))


def test_each_adds_one_to_its_day_in_taipei(mx: MailService, django_capture_on_commit_callbacks: Committed) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        for now in (EVENING, EVENING, NIGHT):
            tallies.add(mx.pk, Tally.What.STRENGTH, "4", now=now)
    assert counted() == [("mx", "strength", "4", 2), ("mx", "strength", "4", 1)]


def test_what_is_rolled_back_is_not_counted(mx: MailService, django_capture_on_commit_callbacks: Committed) -> None:
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(ZeroDivisionError), transaction.atomic():
        tallies.add(mx.pk, Tally.What.STRENGTH, "4", now=NIGHT)
        _ = 1 / 0
    assert counted() == []


def test_an_application_and_a_change_of_password_count_their_score_once(
    at_password: Client, django_capture_on_commit_callbacks: Committed
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        at_password.post(PASSWORD, {"password": "hmwang", "password_again": "hmwang"})
    assert counted() == []
    with django_capture_on_commit_callbacks(execute=True):
        at_password.post(PASSWORD, GOOD)
    assert counted() == [("mx", "strength", "4", 1)]
    Mailbox.objects.update(state="active", active_at=NIGHT)
    with django_capture_on_commit_callbacks(execute=True):
        at_password.post("/mail/mx/reset/", GOOD)
    assert counted() == [("mx", "strength", "4", 2)]


def test_no_row_ties_a_score_to_a_person(at_password: Client, django_capture_on_commit_callbacks: Committed) -> None:
    """The tally has no way to a person, and nothing else has a score."""
    with django_capture_on_commit_callbacks(execute=True):
        at_password.post(PASSWORD, GOOD)
    assert {field.name for field in Tally._meta.get_fields()} == {"id", "day", "service", "what", "value", "count"}
    for model in apps.get_models():
        for row in model._default_manager.values() if model is not Tally else ():
            assert "score" not in str(row).replace("least_score", ""), model
            assert GOOD_PASSWORD not in str(row)


def test_a_try_that_fails_is_counted_by_its_code(
    make_mailbox: MakeMailbox, wang: Person, django_capture_on_commit_callbacks: Committed
) -> None:
    job = outbox.put(make_mailbox("hmwang"), Job.Kind.SUSPEND, now=NIGHT)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.run(job.pk)
    assert counted() == [("mx", "failure", "store-unavailable", 1)]
