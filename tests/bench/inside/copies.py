"""A million rows in one statement."""

from django.db import connection
from django.db.models import Max, Model


def copy_rows(model: type[Model], template: Model, count: int, **columns: str) -> None:
    """``count`` rows like ``template`` but for these columns, each an SQL expression of ``i`` = 1, 2, …"""
    last = model._default_manager.aggregate(last=Max("pk"))["last"]
    same = {column: column for field in model._meta.concrete_fields if not field.generated and (column := field.column)}
    columns = same | {"id": f"{last} + i"} | columns
    table = model._meta.db_table
    # Nothing of this comes from outside.
    statement = f"""
        INSERT INTO {table} ({", ".join(columns)})
        WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < {count})
        SELECT {", ".join(columns.values())} FROM {table}, numbers WHERE id = {template.pk}
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement)
