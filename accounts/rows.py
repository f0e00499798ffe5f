"""Rows of fixed SQL as instances of a model. The questions that every page asks are put so: building them anew from
querysets, or by ``Manager.raw``, takes a third of a page's time; and planning them anew, half of PostgreSQL's."""

import re
from collections.abc import Callable, Sequence
from functools import cache
from hashlib import sha256
from itertools import count
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from django.db import connection
from django.db.models import Model

Row = TypeVar("Row", bound=Model)
_prepared: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()  # of each connection of psycopg2, the names


def select(template: str, **tables: type[Model]) -> str:
    """The SQL with all columns of a model for ``{table}``, each by name: ``*`` would change with a later column."""
    return template.format(**{table: _columns(table, model) for table, model in tables.items()})


def _columns(table: str, model: type[Model]) -> str:
    return ", ".join(f"{table}.{field.column}" for field in model._meta.concrete_fields)


def fetch(model: type[Row], query: str, values: Sequence[Any]) -> list[tuple[Row, dict[str, Any]]]:
    """Each row as an instance of ``model``, and the columns that are not the model's by name, as the driver gives them.

    A column of the model that the query leaves out is asked for when it is read, as after ``QuerySet.defer``.
    """
    with connection.cursor() as cursor:
        _execute(cursor, query, values)
        read = _reader(model, tuple(column[0] for column in cursor.description))
        return [read(row) for row in cursor.fetchall()]


def _execute(cursor: Any, query: str, values: Sequence[Any]) -> None:
    """On PostgreSQL as a prepared statement; the first of a connection prepares it, also inside a transaction."""
    if connection.vendor != "postgresql":
        cursor.execute(query, values)
        return
    name, prepare, execute = _statements(query)
    known = _prepared.setdefault(connection.connection, set())
    if name not in known:
        with connection.wrap_database_errors, connection.connection.cursor() as plain:
            plain.execute(prepare)
        known.add(name)
    cursor.execute(execute, values)


@cache
def _statements(query: str) -> tuple[str, str, str]:
    """The name of the prepared statement, what prepares it, and what executes it with values."""
    name = f"rows_{sha256(query.encode()).hexdigest()[:16]}"
    numbers = count(1)
    numbered = re.sub("%s", lambda _: f"${next(numbers)}", query)
    marks = ", ".join(["%s"] * query.count("%s"))
    return name, f"PREPARE {name} AS {numbered}", f"EXECUTE {name} ({marks})" if marks else f"EXECUTE {name}"


@cache
def _reader(model: type[Row], columns: tuple[str, ...]) -> Callable[[Sequence[Any]], tuple[Row, dict[str, Any]]]:
    known = {field.column: field for field in model._meta.concrete_fields if field.column in columns}
    names = [field.attname for field in known.values()]
    places = [columns.index(column) for column in known]
    converted = [(at, converters) for at, field in enumerate(known.values()) if (converters := _converters(field))]
    others = [(place, column) for place, column in enumerate(columns) if column not in known]

    def read(row: Sequence[Any]) -> tuple[Row, dict[str, Any]]:
        values = [row[place] for place in places]
        for at, converters in converted:
            for convert, expression in converters:
                values[at] = convert(values[at], expression, connection)
        return model.from_db("default", names, values), {column: row[place] for place, column in others}

    return read


def _converters(field: Any) -> list[tuple[Any, Any]]:
    """What a queryset does with a value of the field from this database: booleans, dates, JSON."""
    column = field.get_col(field.model._meta.db_table)
    found = [*connection.ops.get_db_converters(column), *column.get_db_converters(connection)]
    return [(convert, column) for convert in found]
