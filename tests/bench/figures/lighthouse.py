"""Google's Lighthouse on the pages of the journey, as a slow telephone sees them (its default)."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from _support import ROOT

from tests.bench.figures.pages import Target, targets
from tests.bench.row import Row
from tests.bench.site import Site

LEAST = 95
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-background-networking --no-first-run"
HERE = ROOT / "tests" / "bench"


def rows(site: Site) -> Iterator[Row]:
    npm = shutil.which("npm")
    if npm is None or not CHROMIUM.exists():
        missing = "npm" if npm is None else str(CHROMIUM)
        yield Row("lighthouse", f"at least {LEAST} in all four categories", f"{missing} is missing", None)
        return
    # With the whole environment: it says where this machine gets its packages.
    site.run(npm, "ci", "--loglevel=error", "--no-audit", "--no-fund", "--prefix", HERE, **os.environ)
    with site.portal() as (port, portal):
        for target in targets(site, port, portal):
            yield _row(target, _scores(site, target))


def _row(target: Target, scores: dict[str, int]) -> Row:
    measured = ", ".join(f"{name} {score}" for name, score in scores.items())
    reached = min(scores.values()) >= LEAST
    return Row(f"lighthouse: {target.name}", f"at least {LEAST} in all four categories", measured, reached)


def _scores(site: Site, target: Target) -> dict[str, int]:
    report, headers = site.folder / "lighthouse.json", site.folder / "headers.json"
    headers.write_text(json.dumps({"Cookie": target.browser.cookie_header, "Accept-Language": "zh-TW"}))
    target.check()
    site.run(
        HERE / "node_modules" / ".bin" / "lighthouse",
        target.url,
        "--quiet",
        "--output=json",
        f"--output-path={report}",
        f"--only-categories={','.join(CATEGORIES)}",
        f"--chrome-flags={FLAGS}",
        f"--extra-headers={headers}",
        CHROME_PATH=str(CHROMIUM),
        PATH=os.environ["PATH"],
    )
    found = json.loads(report.read_text())["categories"]
    return {name: round(100 * (found[name]["score"] or 0)) for name in CATEGORIES}
