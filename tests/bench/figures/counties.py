"""Signing in with a county, and the page on which it is chosen."""

import json
from collections.abc import Iterator
from pathlib import Path

from _support import ROOT

from tests import servers
from tests.bench.figures import weight
from tests.bench.row import Row
from tests.bench.site import PYTHON, Site

MILLISECONDS, QUERIES = 60, 10


def rows(site: Site) -> Iterator[Row]:
    yield _sign_in(site, "SQLite", f"sqlite:///{site.folder / 'counties.sqlite3'}")
    if servers.postgres_programs() is None:
        yield Row(
            "sign-in with a county, PostgreSQL", f"under {MILLISECONDS} ms median", "PostgreSQL is not installed", None
        )
    else:
        with servers.postgres() as url:
            yield _sign_in(site, "PostgreSQL", url)
    with site.server("the portal", "portal.wsgi", **_all_22(site.folder)) as (port, _):
        yield weight.row("the 22 counties", port, "/counties/")


def _sign_in(site: Site, database: str, url: str) -> Row:
    site.run(PYTHON, "manage.py", "migrate", DATABASE_URL=url)
    found = site.inside("inside.counties", DATABASE_URL=url)
    first, later = (found[f"queries, {visit} visit"] for visit in ("first", "later"))
    return Row(
        f"sign-in with a county, our part, {database}",
        f"under {MILLISECONDS} ms median, at most {QUERIES} queries",
        f"{found['ours']:.1f} ms (worst of 50 {found['worst']:.1f} ms; without the provider's {found['theirs']:.1f} ms), "
        f"{first} queries at the first visit, {later} at a later one",
        found["ours"] < MILLISECONDS and max(first, later) <= QUERIES,
    )


def _all_22(folder: Path) -> dict[str, str]:
    """The environment in which every county of the example is on."""
    counties = json.loads((ROOT / "docs" / "counties.json").read_text())["counties"]
    for county in counties.values():
        county |= {"on": True, "client_id": "portal"}
    file = folder / "counties.json"
    file.write_text(json.dumps({"counties": counties}))
    return {"COUNTIES_FILE": str(file)} | {county["secret_variable"]: "secret" for county in counties.values()}
