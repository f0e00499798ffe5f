"""What an event costs the request that writes it, and how fast the chain over the events is checked."""

from collections.abc import Iterator

from tests import servers
from tests.bench.row import Row
from tests.bench.site import Site

MILLISECONDS = 2


def rows(site: Site) -> Iterator[Row]:
    to_reach = f"under {MILLISECONDS} ms"
    if servers.postgres_programs() is None:
        yield Row("an event’s cost in the request", to_reach, "PostgreSQL is not installed", None)
        return
    with servers.postgres() as url:
        found = site.inside("inside.audit", DATABASE_URL=url)
    measured = f"{found['cost']:.2f} ms more than the {found['request']:.2f} ms without it, among {found['events']:,} events"
    yield Row("an event’s cost in the request", to_reach, measured, found["cost"] < MILLISECONDS)
    complete = found["links"] == found["sound"]
    speed = f"{found['checked a second']:,.0f} a second; sealed: {found['sealed a second']:,.0f} a second"
    yield Row(f"audit verify, {found['links']:,} events", "every one", speed, complete)
    yield Row("a page of one person’s events of one kind", "–", f"{found['page']:.1f} ms", None)
