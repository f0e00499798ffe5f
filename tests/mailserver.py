"""A real Dovecot, with Postfix before it where we are root, for tests: gone when its ``with`` ends."""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg2
from _mailserver import NEEDED, NEEDED_BY_ROOT, NEEDED_WITH_POSTGRES, MailServer, missing

from tests.servers import START_SECONDS, wait_for

ROOT = Path(__file__).resolve().parent.parent


def missing_packages() -> str:
    """What is not there of all that the tests of the mail server need; empty if nothing is."""
    return " ".join(missing(NEEDED | NEEDED_BY_ROOT | NEEDED_WITH_POSTGRES))


@contextmanager
def mail_server(database: str = "") -> Iterator[MailServer]:
    """Its accounts in SQLite, or in the PostgreSQL whose URL is given."""
    folder = Path(tempfile.mkdtemp(prefix="ms-", dir="/tmp"))  # the paths of sockets must be short
    folder.chmod(0o711)
    server = MailServer(folder / "kept", folder / "run", database)
    try:
        server.make_folders()
        if database:
            server.reader_password = _make_reader(database)
        for command in server.commands():
            manage(server, *command)
        with ExitStack() as running:
            for argv, port in server.servers().values():
                running.enter_context(_started(argv, port, folder / "run" / "said.log"))
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def manage(server: MailServer, *command: str) -> None:
    """A command of the portal with the settings for that mail server."""
    subprocess.run(
        [sys.executable, ROOT / "manage.py", *command],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"} | server.env(),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        check=True,
    )


def _make_reader(database: str) -> str:
    password = secrets.token_urlsafe(12)
    with psycopg2.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute(f"DROP ROLE IF EXISTS dovecot_ro; CREATE ROLE dovecot_ro LOGIN PASSWORD '{password}'")
    connection.close()
    return password


@contextmanager
def _started(argv: list[str], port: int, log: Path) -> Iterator[None]:
    process = subprocess.Popen(argv, stdout=log.open("a"), stderr=subprocess.STDOUT, start_new_session=True)
    try:
        try:
            wait_for(port)
        except RuntimeError as error:
            error.add_note(log.read_text())
            raise
        yield
    finally:
        process.terminate()
        process.wait(timeout=START_SECONDS)
