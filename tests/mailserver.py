"""A real Dovecot, with Postfix before it where we are root, for tests: gone when its ``with`` ends."""

import os
import pwd
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
def mail_server(database: str = "", user: str = "") -> Iterator[MailServer]:
    """Its accounts in SQLite, or in the PostgreSQL whose URL is given; run by us, or by an ordinary user if we are root."""
    folder = Path(tempfile.mkdtemp(prefix="ms-", dir="/tmp"))  # the paths of sockets must be short
    folder.chmod(0o711)
    server = MailServer(folder / "kept", folder / "run", database)
    server.user = user or server.user
    try:
        server.make_folders()
        if database:
            server.reader_password = _make_reader(database)
        for command in server.commands():
            manage(server, *command)
        owner = pwd.getpwnam(server.user)
        if os.getuid() == 0 and user:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        with ExitStack() as running:
            for argv, _port in server.servers().values():
                running.enter_context(_started(argv, owner, folder / "said.log"))
            for _argv, port in server.servers().values():
                _wait(port, folder / "said.log")
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
def _started(argv: list[str], owner: pwd.struct_passwd, log: Path) -> Iterator[None]:
    other = {} if owner.pw_uid == os.getuid() else {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
    with log.open("a") as output:
        process = subprocess.Popen(argv, stdout=output, stderr=subprocess.STDOUT, start_new_session=True, **other)  # type: ignore[call-overload]
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=START_SECONDS)


def _wait(port: int, log: Path) -> None:
    try:
        wait_for(port)
    except RuntimeError as error:
        error.add_note(log.read_text())
        raise
