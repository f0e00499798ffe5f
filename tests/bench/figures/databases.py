"""The pages of the journey on PostgreSQL beside the same pages on SQLite: same server, same minute."""

from collections.abc import Iterator
from statistics import median

from tests import servers
from tests.bench import wrk
from tests.bench.figures import pages
from tests.bench.row import Row
from tests.bench.site import Site

LEAST = 0.7
TO_REACH = f"at least {LEAST} of its requests a second on SQLite"


def rows(site: Site) -> Iterator[Row]:
    if not wrk.available() or servers.postgres_programs() is None:
        yield Row("pages on PostgreSQL", TO_REACH, "wrk or PostgreSQL is missing and cannot be installed from here", None)
        return
    folder = site.folder / "on-postgres"
    folder.mkdir()
    with servers.postgres() as url:
        other = Site(site.parts, folder, {"DATABASE_URL": url})
        with site.portal() as (port, portal), other.portal() as (other_port, other_portal):
            on_sqlite = {page.name: page for page in pages.targets(site, port, portal)}
            for page in pages.targets(other, other_port, other_portal):
                yield _row(site, page, on_sqlite[page.name])


def _row(site: Site, page: pages.Target, on_sqlite: pages.Target) -> Row:
    pairs = []
    for _ in range(pages.ROUNDS):
        site.parts.check()
        before = pages.speed(on_sqlite)
        pairs.append((pages.speed(page).rate, before.rate))
    shares = [own / sqlite for own, sqlite in pairs]
    own, sqlite = (median(rates) for rates in zip(*pairs, strict=True))
    measured = f"{median(shares):.2f} ({min(shares):.2f} to {max(shares):.2f}; {own:.0f} beside {sqlite:.0f} a second)"
    return Row(f"page on PostgreSQL: {page.name}", TO_REACH, measured, median(shares) >= LEAST)
