"""The pictures for administrators over very many applications."""

from collections.abc import Iterator

from tests import servers
from tests.bench.row import Row
from tests.bench.site import Site

MILLISECONDS = 1000
TO_REACH = "under 1 s, then kept for a minute"


def rows(site: Site) -> Iterator[Row]:
    if servers.postgres_programs() is None:
        yield Row("pictures", TO_REACH, "PostgreSQL is not installed", None)
        return
    with servers.postgres() as url:
        found = site.inside("inside.pictures", DATABASE_URL=url)
    for name, times in found["times"].items():
        first = f"{times['first']:.0f} ms median (slowest {times['slowest first']:.0f} ms)"
        measured = f"{first}; asked again {times['second']:.0f} ms; the whole page"
        figure = f"pictures over {found['applications']:,} applications, {name}"
        yield Row(figure, TO_REACH, measured, times["first"] < MILLISECONDS)
