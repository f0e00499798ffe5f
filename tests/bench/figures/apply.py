"""From the button to a mailbox in use: the web server, the queue, a worker and the embedded store, otherwise idle."""

import time
from collections.abc import Iterator
from statistics import median

from tests.bench.row import Row
from tests.bench.site import Site
from tests.visits import journey

TIMES = 50
MEDIAN, WORST = 0.5, 2.0  # seconds


def rows(site: Site) -> Iterator[Row]:
    with site.portal() as (port, _), site.worker():
        taken = [_seconds(site, port) for _ in range(TIMES)]
    measured = f"median {median(taken):.2f} s, worst of {TIMES} {max(taken):.2f} s"
    to_reach = f"median under {MEDIAN} s, worst of {TIMES} under {WORST:.0f} s"
    yield Row("Apply to active, over HTTP", to_reach, measured, median(taken) < MEDIAN and max(taken) < WORST)


def _seconds(site: Site, port: int) -> float:
    """From sending the last form until the page says that the mailbox is open, looking every 20 ms."""
    site.parts.check()
    browser, page = journey.to_password(port, site.campus.token())
    started = time.perf_counter()
    journey.wait_until_open(browser, journey.apply(browser, page))
    return time.perf_counter() - started
