"""The names that somebody is offered, in a small and in a very full domain."""

from collections.abc import Iterator

from tests import servers
from tests.bench.row import Row
from tests.bench.site import Site

MOST = 1.5  # times
QUERIES = 2
CHECK_MILLISECONDS = 20


def rows(site: Site) -> Iterator[Row]:
    yield from _rows(site, "SQLite", f"sqlite:///{site.folder / 'names.sqlite3'}")
    if servers.postgres_programs() is None:
        yield Row("names offered, PostgreSQL", f"at most {MOST} times", "PostgreSQL is not installed", None)
        return
    with servers.postgres() as url:
        yield from _rows(site, "PostgreSQL", url)


def _rows(site: Site, database: str, url: str) -> Iterator[Row]:
    found = site.inside("inside.names", DATABASE_URL=url)
    to_reach = f"at most {MOST} times, {QUERIES} queries"
    for shape, few in found["few"].items():
        many = found["many"][shape]
        times = many / few
        measured = f"{times:.2f} times ({few:.1f} ms, then {many:.1f} ms), {found['queries']} queries"
        reached = times <= MOST and found["queries"] <= QUERIES
        yield Row(f"names offered with 10 and 1,000,000 taken, {database}, {shape}", to_reach, measured, reached)
    yield _live_check(database, found["live check"])


def _live_check(database: str, found: dict[str, float]) -> Row:
    """The time is of the whole answer; who asks, and for which service, takes queries of its own."""
    median, for_the_name = found["milliseconds"], found["queries for the name"]
    return Row(
        f"live name check with 1,000,000 taken names, {database}",
        f"under {CHECK_MILLISECONDS} ms median, one query",
        f"{median:.1f} ms, {for_the_name} query for the name ({found['queries']} with session, person and service)",
        median < CHECK_MILLISECONDS and for_the_name == 1,
    )
