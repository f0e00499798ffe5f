"""The helpdesk's page of one person with thousands of events, among millions of other people's."""

from collections.abc import Iterator

from tests import servers
from tests.bench.row import Row
from tests.bench.site import Site

MILLISECONDS = 100


def rows(site: Site) -> Iterator[Row]:
    if servers.postgres_programs() is None:
        yield Row("timeline", f"under {MILLISECONDS} ms median", "PostgreSQL is not installed", None)
        return
    with servers.postgres() as url:
        found = site.inside("inside.timeline", DATABASE_URL=url)
    for shown, milliseconds in found["pages"].items():
        figure = f"one person’s timeline with 5,000 events among 10,000,000: {shown}"
        measured = f"{milliseconds:.0f} ms (the whole page)"
        yield Row(figure, f"under {MILLISECONDS} ms median", measured, milliseconds < MILLISECONDS)
