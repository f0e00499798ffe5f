"""A whole campus from one file."""

from collections.abc import Iterator

from tests import servers
from tests.bench.row import Row
from tests.bench.site import Site

LEAST = 2_000  # people a second
MOST = 200  # MB
FIGURE = "import of 100,000 people, PostgreSQL"
TO_REACH = f"over {LEAST:,} a second, memory under {MOST} MB"


def rows(site: Site) -> Iterator[Row]:
    if servers.postgres_programs() is None:
        yield Row(FIGURE, TO_REACH, "PostgreSQL is not installed", None)
        return
    with servers.postgres() as url:
        found = site.inside("inside.importing", DATABASE_URL=url)
    if found["peak"] is None:
        yield Row(FIGURE, TO_REACH, "memory is read from /proc, which only Linux has", None)
        return
    rate, again = found["people"] / found["first"], found["people"] / found["again"]
    measured = f"{rate:,.0f} a second, check included ({again:,.0f} where nothing has changed); peak {found['peak']:.0f} MB"
    yield Row(FIGURE, TO_REACH, measured, rate > LEAST and found["peak"] < MOST)
