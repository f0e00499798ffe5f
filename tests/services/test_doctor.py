"""manage.py doctor on a real site, well and with each fault made for real."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
import pytest

from tests.services.running_demo import until
from tests.services.running_site import Site, doctor, one_problem

DOCTOR = [sys.executable, "manage.py", "doctor"]
# Root reads any file, unless it gives up its capabilities.
WITHOUT_PRIVILEGES = ["setpriv", "--inh-caps=-all", "--bounding-set=-all"] if os.getuid() == 0 else []


@pytest.fixture(scope="module")
def well(site: Site) -> Iterator[Site]:
    """With a worker and a beat that has had it sweep."""
    with site.worker(), site.beat():
        assert until(lambda: "sweep" in site.log("celery-worker").read_text())
        assert until(lambda: "beat: The last sweep was" in site.manage("doctor").stdout)
        yield site


@contextmanager
def asked(site: Site, sql: str, undo: str) -> Iterator[None]:
    """The database changed by somebody else, and changed back."""
    connection = psycopg2.connect(site.postgres.url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(sql)
        try:
            yield
        finally:
            cursor.execute(undo)
            connection.close()


# --- well -----------------------------------------------------------------------------------------------------------


def test_a_healthy_site_has_no_problem(well: Site) -> None:
    status, said = doctor(well)
    assert status == 0, said
    levels = {line.split()[1].rstrip(":"): line.split()[0] for line in said.splitlines() if not line.startswith(" ")}
    for looked_at in ("settings", "database", "migrations", "redis", "workers", "beat", "jobs", "store"):
        assert levels[looked_at] == "ok", said
    assert levels["no-https"] == levels["redis-forgets"] == "advice"
    assert said.endswith("Everything that was looked at works.\n")


# --- one fault ------------------------------------------------------------------------------------------------------


def test_it_misses_a_migration(well: Site) -> None:
    with asked(
        well,
        "DELETE FROM django_migrations WHERE app = 'sessions'",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('sessions', '0001_initial', now())",
    ):
        problem, cure = one_problem(doctor(well))
    assert problem == "migrations-missing: The database lacks 1 migrations: sessions.0001_initial."
    assert cure == "-> Run manage.py migrate."


def test_it_misses_the_services(well: Site) -> None:
    with asked(
        well, "ALTER TABLE mailboxes_mailservice RENAME TO aside; CREATE TABLE mailboxes_mailservice (LIKE aside)",
        "DROP TABLE mailboxes_mailservice; ALTER TABLE aside RENAME TO mailboxes_mailservice",
    ):  # fmt: skip
        problem, cure = one_problem(doctor(well))
    assert problem == "no-services: There is no mail service."
    assert cure.startswith("-> Run manage.py seed")


FAILING_JOB = """
from datetime import timedelta
from django.utils import timezone
from accounts.models import Person
from mailboxes.models import Job, Mailbox, MailService
now = timezone.now()
person = Person.objects.create(source="campus", subject="z1", username="campus:z1")
mailbox = Mailbox.objects.create(
    service=MailService.objects.first(), person=person, local_part="some1", domain="a.example", stem="some", stem_number=1)
job = Job.objects.create(
    mailbox=mailbox, address=mailbox.address, kind="suspend", attempts=7, due_at=now + timedelta(hours=1),
    last_error="store-unavailable: The mail folder cannot be written: No space left on device.")
Job.objects.update(created_at=now - timedelta(minutes=20))
"""


def test_it_finds_jobs_that_wait_and_fail(well: Site) -> None:
    made = well.manage("shell", "-c", FAILING_JOB)
    assert made.returncode == 0, made.stderr
    status, said = doctor(well)
    assert status == 1
    assert "problem  jobs-late: 1 jobs wait for more than five minutes, the oldest since " in said
    assert (
        "problem  jobs-failing: 1 jobs fail again and again: store-unavailable: The mail folder cannot be written: "
        "No space left on device.\n         -> Mend the mail system"
    ) in said
    assert well.manage("shell", "-c", "from mailboxes.models import Job; Job.objects.all().delete()").returncode == 0


def test_it_finds_a_key_file_that_is_no_key_set(well: Site, tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text("{}")
    problem, cure = one_problem(doctor(well, HANDOFF_KEYS_FILE=str(tmp_path / "keys.json")))
    assert problem.startswith("sso_bridge.E002: ")
    assert cure.startswith("-> ")


def test_it_finds_static_files_that_are_not_collected(well: Site, tmp_path: Path) -> None:
    problem, cure = one_problem(
        doctor(
            well,
            VAR_DIR=str(tmp_path),
            HANDOFF_KEYS_FILE=str(well.folder / "handoff-keys.json"),
            MAILDIR_ROOT=str(well.folder / "mail"),
        )
    )
    assert problem == f"portal.E004: The static files are not in {tmp_path}/static."
    assert "manage.py collectstatic" in cure


def test_it_finds_files_that_it_may_not_use(well: Site, tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_bytes((well.folder / "handoff-keys.json").read_bytes())
    (tmp_path / "keys.json").chmod(0)
    (tmp_path / "mail").mkdir(mode=0o500)
    files = {"HANDOFF_KEYS_FILE": str(tmp_path / "keys.json"), "MAILDIR_ROOT": str(tmp_path / "mail")}
    ended = subprocess.run([*WITHOUT_PRIVILEGES, *DOCTOR], env=well.env | files, capture_output=True, text=True)
    assert ended.returncode == 1, ended.stderr
    assert f"problem  sso_bridge.E001: The key file {tmp_path}/keys.json cannot be read: Permission denied." in ended.stdout
    assert (
        f"problem  store: The store maildir (edu, gapp, mx, student): The mail folder {tmp_path}/mail cannot be written "
        "(Permission denied). Set MAILDIR_ROOT to a folder that belongs to the portal's user."
    ) in ended.stdout


def test_it_finds_a_database_that_refuses_the_password(well: Site) -> None:
    problem, cure = one_problem(doctor(well, DATABASE_URL=well.postgres.url.replace("portal@", "stranger:pass-word@")))
    assert problem.startswith("database-unreachable: The database does not answer: ")
    assert 'role "stranger" does not exist' in problem
    assert "pass-word" not in problem
    assert "DATABASE_URL" in cure
