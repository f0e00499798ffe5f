"""What PostgreSQL and SQLite have no common words for."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Expression, Func, IntegerField


class Place(Func):
    """How many of these moments, the earliest first, lie at or before the one of a column."""

    output_field = IntegerField()

    def __init__(self, moment: str | Expression, edges: Sequence[datetime]) -> None:
        super().__init__(moment)
        self.edges = list(edges)

    def as_sql(self, compiler: Any, connection: Any, *_args: Any, **_context: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = compiler.compile(self.source_expressions[0])
        if not self.edges:
            return "0", ()
        whens, values = [], []
        for place, edge in enumerate(self.edges):
            whens.append(f"WHEN {column} < %s THEN {place}")
            values += [*params, connection.ops.adapt_datetimefield_value(edge)]
        return f"CASE {' '.join(whens)} ELSE {len(self.edges)} END", tuple(values)

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """By halves instead of one after the other, a million times."""
        column, params = compiler.compile(self.source_expressions[0])
        return f"width_bucket({column}, %s::timestamptz[])", (*params, self.edges)


class Took(Func):
    """Seconds from a second moment to a first one, rounded up; beyond an hour to whole minutes, so that groups stay few."""

    output_field = IntegerField()

    def as_sql(self, compiler: Any, connection: Any, *_args: Any, **_context: Any) -> tuple[str, tuple[Any, ...]]:
        ends, begins = self._columns(compiler)
        seconds = f"((django_timestamp_diff({ends}, {begins}) + 999999) / 1000000)"
        return _rounded(seconds, f"{seconds} <= 3600"), ()

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        ends, begins = self._columns(compiler)
        seconds = f"CEIL(DATE_PART('epoch', {ends} - {begins}))::bigint"
        return _rounded(seconds, f"{ends} <= {begins} + interval '1 hour'"), ()

    def _columns(self, compiler: Any) -> list[str]:
        return [compiler.compile(column)[0] for column in self.source_expressions]


def _rounded(seconds: str, within_an_hour: str) -> str:
    return f"CASE WHEN {within_an_hour} THEN {seconds} ELSE ({seconds} + 59) / 60 * 60 END"
