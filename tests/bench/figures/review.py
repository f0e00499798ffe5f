"""The desk of the reviewers, with few and with very many applications that wait."""

from collections.abc import Iterator
from statistics import median
from typing import Any

from tests import servers
from tests.bench.row import Row
from tests.bench.site import Site

MOST = 1.5  # times
QUERIES = 12
SEARCH_MILLISECONDS = 100


def rows(site: Site) -> Iterator[Row]:
    if servers.postgres_programs() is None:
        yield Row("review queue", f"at most {MOST} times", "PostgreSQL is not installed", None)
        return
    with servers.postgres() as url:
        found = site.inside("inside.review", DATABASE_URL=url)
    to_reach = f"at most {MOST} times, under {QUERIES} queries, no count"
    for filters, few in found["few"].items():
        many = found["many"][filters]
        counts = "a count" if found["counts"] else "no count"
        measured = f"{many / few:.2f} times ({few:.0f} ms, then {many:.0f} ms), {found['queries']} queries, {counts}"
        reached = many / few <= MOST and found["queries"] < QUERIES and not found["counts"]
        shown = filters.partition("%")[0].rstrip("=") or "none"
        yield Row(f"review queue with 10,000 and 1,000,000 applications, filter: {shown}", to_reach, measured, reached)
    yield _search("search by part of a name or number in 1,000,000 people", found["search"])
    yield _search("the same search in the review queue", found["search in the queue"])


def _search(figure: str, found: dict[str, Any]) -> Row:
    times = sorted(found.values())
    slowest = max(found, key=lambda word: found[word])
    measured = f"{median(times):.0f} ms ({times[0]:.0f} to {times[-1]:.0f}, for “{slowest}”; the whole page)"
    return Row(figure, f"under {SEARCH_MILLISECONDS} ms median", measured, median(times) < SEARCH_MILLISECONDS)
