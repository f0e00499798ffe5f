"""What somebody does who has the whole database, and no key of the portal."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from django.db import connection

guards = import_module("accounts.migrations.0007_audit_chain")
retention = import_module("accounts.migrations.0012_retention")


@contextmanager
def without_guards() -> Iterator[None]:
    """As the owner of the tables may, past every trigger."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
        else:
            for name in ("event_update", "event_delete", "link_update", "link_delete"):
                cursor.execute(f"DROP TRIGGER IF EXISTS accounts_audit_{name}")
        try:
            yield
        finally:
            if connection.vendor == "postgresql":
                cursor.execute("SET session_replication_role = origin")
            else:
                guard()


def guard() -> None:
    """On SQLite, the triggers that the tests leave out: where every test empties the tables there are none."""
    with connection.cursor() as cursor:
        for statement in (retention.SQLITE, *guards.SQLITE):
            cursor.execute(statement.replace("CREATE TRIGGER", "CREATE TRIGGER IF NOT EXISTS", 1))


def execute(statement: str, *values: object) -> None:
    with without_guards(), connection.cursor() as cursor:
        cursor.execute(statement, values)
