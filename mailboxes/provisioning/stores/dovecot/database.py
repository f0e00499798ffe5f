"""A connection to the mail database that never keeps a caller waiting: PostgreSQL, or SQLite for a trial.

PostgreSQL is asked asynchronously: statement_timeout is the server's own and does nothing when that is frozen.
"""

import os
import select
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2
import psycopg2.errors
import psycopg2.extensions

from mailboxes.provisioning.stores import StoreUnavailable
from mailboxes.provisioning.stores.dovecot.deadline import Deadline

Run = Callable[..., list[tuple[Any, ...]]]
NO_TABLES = "The mail database has no accounts table. Run: manage.py mail_database"
POSTGRES = ("postgres://", "postgresql://")
_threads = threading.local()  # each keeps its connection: a new one costs PostgreSQL more than all that a call asks of it


def is_known(url: str) -> bool:
    """Whether it is the URL of a database that can be used here; the password in it may hold anything that a URL can."""
    if not is_postgres(url):
        return url.startswith("sqlite:////")
    try:
        parts = psycopg2.extensions.parse_dsn(url)
    except psycopg2.ProgrammingError:
        return False
    return "dbname" in parts and parts.get("port", "5432").isdigit()  # a slash in a password ends up in the port


def is_postgres(url: str) -> bool:
    return url.startswith(POSTGRES)


def sqlite_file(url: str) -> Path:
    """``sqlite:////var/mail.sqlite3`` is the file /var/mail.sqlite3."""
    return Path(url.removeprefix("sqlite:///"))


@contextmanager
def connected(url: str, deadline: Deadline) -> Iterator[Run]:
    """A function that runs one statement with its values for ``%s`` and gives its rows; each is committed by itself.

    StoreUnavailable, without any value of a row in its text, if that is not done at the deadline.
    """
    try:
        with _postgres(url, deadline) if is_postgres(url) else _sqlite(url, deadline) as run:
            yield run
    except (psycopg2.errors.UndefinedTable, psycopg2.errors.UndefinedColumn) as error:
        raise StoreUnavailable(NO_TABLES) from error
    # Their texts may quote the address of the database, or a value.
    except (psycopg2.ProgrammingError, psycopg2.DataError, psycopg2.IntegrityError) as error:
        raise StoreUnavailable(
            f"The mail database refused a statement ({error.pgcode or 'check MAIL_DATABASE_URL'})."
        ) from None
    except (psycopg2.Error, sqlite3.Error, TimeoutError) as error:
        if "no such table" in str(error):
            raise StoreUnavailable(NO_TABLES) from error
        raise StoreUnavailable(f"The mail database (MAIL_DATABASE_URL) cannot be used: {_why(error)}.") from None


def _why(error: Exception) -> str:
    if isinstance(error, psycopg2.Error) and error.diag.message_primary:
        return f"{error.diag.message_primary} ({error.pgcode})"
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__


@contextmanager
def _postgres(url: str, deadline: Deadline) -> Iterator[Run]:
    kept = vars(_threads).setdefault("kept", {})
    place = os.getpid(), url  # a fork must neither use nor close what it has inherited
    connection = kept.pop(place, None)
    is_new = connection is None
    connection = connection or _connect(url, deadline)

    def run(statement: str, *values: object) -> list[tuple[Any, ...]]:
        nonlocal connection, is_new
        try:
            return _ask(connection, deadline, statement, values)
        except (psycopg2.OperationalError, psycopg2.InterfaceError):
            connection.close()
            if is_new:
                raise
            connection, is_new = _connect(url, deadline), True  # the database was started anew since the last call
            return _ask(connection, deadline, statement, values)

    try:
        yield run
    except BaseException:
        connection.close()
        raise
    kept[place] = connection


def _connect(url: str, deadline: Deadline) -> Any:
    limit = f"-c statement_timeout={int(deadline.left() * 1000)}"
    connection = psycopg2.connect(url, options=limit, async_=True)
    try:
        _wait(connection, deadline)
    except BaseException:
        connection.close()
        raise
    return connection


def _ask(connection: Any, deadline: Deadline, statement: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        _wait(connection, deadline)
        return cursor.fetchall() if cursor.description else []


def _wait(connection: Any, deadline: Deadline) -> None:
    while (state := connection.poll()) != psycopg2.extensions.POLL_OK:
        poller = select.poll()
        poller.register(connection, select.POLLIN if state == psycopg2.extensions.POLL_READ else select.POLLOUT)
        poller.poll(deadline.left() * 1000)


@contextmanager
def _sqlite(url: str, deadline: Deadline) -> Iterator[Run]:
    path = sqlite_file(url)
    # Without mode=rw a wrong path would make a new, empty database.
    uri = f"{path.absolute().as_uri()}?mode=rw"
    with closing(sqlite3.connect(uri, timeout=deadline.left(), isolation_level=None, uri=True)) as connection:

        def run(statement: str, *values: object) -> list[tuple[Any, ...]]:
            return connection.execute(statement.replace("%s", "?"), values).fetchall()

        yield run


def make_sqlite_file(url: str) -> None:
    """An empty file that only its owner reads, where there is none."""
    path = sqlite_file(url)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
