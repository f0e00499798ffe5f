"""Search by part of a name or number, on PostgreSQL by an index of all pairs of characters and all that are not ASCII.

The extension pg_trgm would find no Chinese name of two characters, for it has three at least.
"""

from django.db import migrations

# Of 'Lin 林': li, in, "n ", " 林" and 林 by itself, for a surname alone has to be found too.
# Unsafe only by name: to start more processes for a search that ends after some rows would take longer than the search.
FUNCTION = """
CREATE FUNCTION accounts_grams(whole text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL UNSAFE AS $$
    SELECT ARRAY(SELECT substr(lower(whole), place, 2) FROM generate_series(1, length(whole) - 1) AS place)
        || string_to_array(regexp_replace(lower(whole), '[ -~]+', '', 'g'), NULL)
$$"""
INDEX = """
CREATE INDEX accounts_person_grams ON accounts_person
USING gin (accounts_grams(number || ' ' || name || ' ' || passport_name))
"""


def add(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FUNCTION)
        schema_editor.execute(INDEX)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX accounts_person_grams")
        schema_editor.execute("DROP FUNCTION accounts_grams(text)")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_imports")]
    operations = [migrations.RunPython(add, remove)]
