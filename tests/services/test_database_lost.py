"""The database ends a worker's connection while the worker is at the mail store. On the database that DATABASE_URL names."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Person
from mailboxes.models import Application, Job, Mailbox, MailService
from mailboxes.provisioning import outbox, tasks
from mailboxes.provisioning.stores import usersfile
from tests.services.running_demo import until

OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
# A worker that has asked all that it asks before it goes to the mail store.
QUIET = """
SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
AND state = 'idle' AND state_change < clock_timestamp() - interval '300 milliseconds'
"""

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def job(wang: Person, services: dict[str, MailService], tmp_path: Path, settings: Settings) -> Job:
    settings.MAILDIR_ROOT = tmp_path / "mail"
    mailbox = Mailbox.objects.create(
        service=services["mx"], person=wang, local_part="hmwang", domain="mx.nthu.edu.tw", stem="hmwang", stem_number=1
    )
    now = timezone.now()
    Application.objects.create(
        person=wang, service=services["mx"], mailbox=mailbox, state="pending", submitted_at=now, chosen_name="hmwang"
    )
    return outbox.put(mailbox, Job.Kind.CREATE, now=now, password_hash="{ARGON2ID}hash")


def is_quiet() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(QUIET)
        return cursor.fetchone() is not None


def run_and_lose_the_database(job: Job, users: Path) -> None:
    """Run the job in a thread, whose connection is ended while the store waits for the lock of its users file."""
    if connection.vendor != "postgresql":
        pytest.skip("No worker lost its database: this one cannot end a connection.")

    def work() -> None:
        try:
            tasks.run(job.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with usersfile.locked(users):
            worker = pool.submit(work)
            assert until(lambda: Job.objects.get(pk=job.pk).attempts == 1 and is_quiet())
            with connection.cursor() as cursor:
                cursor.execute(OTHERS)
        worker.result()
    job.refresh_from_db()


def test_a_job_that_was_interrupted_is_given_back_at_once(job: Job, tmp_path: Path) -> None:
    run_and_lose_the_database(job, tmp_path / "mail" / "users")
    # It could not note that the server had taken it.
    assert (job.state, job.leased_until, job.last_error) == ("waiting", None, "fault: OperationalError")


def test_what_is_done_at_the_mail_server_is_settled(job: Job, tmp_path: Path) -> None:
    tasks.run(job.pk)
    reset = outbox.put(job.mailbox, Job.Kind.PASSWORD, now=timezone.now(), password_hash="{ARGON2ID}new")
    run_and_lose_the_database(reset, tmp_path / "mail" / "users")
    assert (reset.state, reset.attempts) == ("done", 1)
