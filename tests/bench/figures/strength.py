"""How long the server can be kept busy with one password."""

from collections.abc import Iterator

from tests.bench.row import Row
from tests.bench.site import Site

MOST = 50.0  # milliseconds


def rows(site: Site) -> Iterator[Row]:
    found = site.inside("inside.strength")
    measured = f"{found['worst']:.1f} ms, median {found['median']:.1f} ms"
    figure = f"strength of a password on the server, worst of {found['count']} hostile inputs"
    yield Row(figure, f"under {MOST:.0f} ms", measured, found["worst"] < MOST)
