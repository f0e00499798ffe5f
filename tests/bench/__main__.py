"""Runs the figures that are asked for, on one site that lives as long as the run."""

import argparse
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from _support import Parts, Told, Trouble, lock, say

from tests.bench.figures import (
    apply,
    audit,
    counties,
    databases,
    home,
    importing,
    lighthouse,
    log_ins,
    memory,
    names,
    pages,
    pictures,
    production,
    queries,
    reconcile,
    review,
    strength,
    suspension,
    timeline,
    weight,
)
from tests.bench.row import HEADER, Row
from tests.bench.site import Site

FIGURES: dict[str, Callable[[Site], Iterator[Row]]] = {
    "pages": pages.rows,
    "queries": queries.rows,
    "apply": apply.rows,
    "names": names.rows,
    "review": review.rows,
    "timeline": timeline.rows,
    "audit": audit.rows,
    "reconcile": reconcile.rows,
    "pictures": pictures.rows,
    "counties": counties.rows,
    "strength": strength.rows,
    "home": home.rows,
    "memory": memory.rows,
    "weight": weight.rows,
    "importing": importing.rows,
    "databases": databases.rows,
    "production": production.rows,
    "log-ins": log_ins.rows,
    "suspension": suspension.rows,
    "lighthouse": lighthouse.rows,
}
# Minutes of a browser's work for each: only when asked for.
NOT_BY_DEFAULT = {"lighthouse"}


def main() -> int:
    parser = argparse.ArgumentParser(prog="bin/bench", description="Measures the figures of docs/figures.md.")
    parser.add_argument("names", nargs="*", choices=[[], *FIGURES], metavar="NAME", help=", ".join(FIGURES))
    wanted = parser.parse_args().names or [name for name in FIGURES if name not in NOT_BY_DEFAULT]
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    parts = Parts(lock(folder / "bench.lock"))
    found: list[Row] = []
    try:
        site = Site(parts, folder)
        say(HEADER)
        for name in wanted:
            print(f"{name} ...", file=sys.stderr, flush=True)
            for row in FIGURES[name](site):
                say(str(row))
                found.append(row)
        say(f"\n{date.today()}, {_machine()}")
    except Told:
        print("Stopping ...", file=sys.stderr)
        return 130
    finally:
        parts.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return int(any(row.reached is False for row in found))


def _machine() -> str:
    cpu = platform.processor() or platform.machine()
    if (facts := Path("/proc/cpuinfo")).exists():
        lines = facts.read_text().splitlines()
        cpu = next((line.partition(": ")[2] for line in lines if line.startswith("model name")), cpu)
        cpu = f"{sum(line.startswith('processor') for line in lines)} × {cpu}"
    return f"{cpu}, {platform.system()}, Python {platform.python_version()}"


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Trouble as trouble:
        sys.exit(f"bin/bench: {trouble}")
