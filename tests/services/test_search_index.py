"""The search for people by part of a name reads an index, and not everybody."""

import pytest
from django.db import connection

from accounts import searching


@pytest.mark.django_db
def test_postgresql_finds_people_by_the_index() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL: python -m tests.on_postgres")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        condition = searching.CONDITIONS["postgresql"]
        cursor.execute(f"EXPLAIN SELECT id FROM accounts_person WHERE {condition}", ["小明", "%小明%"])  # noqa: S608
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "accounts_person_grams" in plan
