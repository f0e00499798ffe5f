"""SQL statements a request."""

from collections.abc import Iterator

from tests.bench.row import Row
from tests.bench.site import Site

# Each figure, the most that it may be, and the steps of tests/bench/inside/queries.py that it is the worst of.
FIGURES = (
    ("hand-off", 8, ("hand-off, first visit", "hand-off, from an open session")),
    ("a wizard page", 6, ("policy", "name", "password", "progress")),
    ("a wizard step sent", 6, ("policy, agreed", "name, chosen")),
    ("Apply", 12, ("Apply",)),
    ("any other page of a mailbox", 6, ("home", "ready", "my mailbox", "reset", "mail settings")),
)


def rows(site: Site) -> Iterator[Row]:
    # A campus of its own, for a test client knows nobody's key but its own.
    counts = site.inside("inside.queries", HANDOFF_KEYS_FILE=str(site.folder / "queries-keys.json"))
    for name, most, steps in FIGURES:
        worst = max(steps, key=lambda step: counts[step]["statements"])
        found = counts[worst]
        each = ", ".join(f"{step} {counts[step]['statements']}" for step in steps if len(steps) > 1)
        measured = f"{found['statements']}, SAVEPOINTs counted" + (f" ({each})" if each else "")
        if found["around"]:
            measured += f"; and {found['around']} that begin or end a transaction"
        yield Row(f"queries: {name}", f"at most {most}", measured, found["statements"] <= most)
