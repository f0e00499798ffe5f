"""What one web process holds on to while people come and go."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from _support import Trouble

from tests.bench import processes
from tests.bench.row import Row
from tests.bench.site import Site
from tests.visits import journey

CHECKPOINTS = (100, 500, 1000)  # journeys
MOST = 150.0  # MB
GROWTH = 2.0  # MB between the last two checkpoints: what the allocator may still shift about, 4 kB a journey
AT_ONCE = 2


def rows(site: Site) -> Iterator[Row]:
    to_reach = f"under {MOST:.0f} MB, not growing (under {GROWTH:.0f} MB from {CHECKPOINTS[-2]} to {CHECKPOINTS[-1]})"
    if not processes.READABLE:
        yield Row("memory of a web process", to_reach, "read from /proc, which only Linux has", None)
        return
    held = []
    with site.portal(workers=1) as (port, master), site.worker(), ThreadPoolExecutor(AT_ONCE) as people:
        process = _only_child(master.process.pid)
        done = 0
        for checkpoint in CHECKPOINTS:
            for _ in people.map(lambda _: _journey(site, port), range(checkpoint - done)):
                pass
            done = checkpoint
            held.append(processes.megabytes(process, "VmRSS"))
        peak = processes.megabytes(process, "VmHWM")
        if process != _only_child(master.process.pid):
            raise Trouble("The web process was replaced by another one meanwhile.")
    each = ", ".join(f"{count}: {rss:.1f}" for count, rss in zip(CHECKPOINTS, held, strict=True))
    reached = max(held) < MOST and held[-1] - held[-2] < GROWTH
    yield Row("memory of a web process after so many journeys", to_reach, f"{each} MB; peak {peak:.1f} MB", reached)


def _journey(site: Site, port: int) -> None:
    site.parts.check()
    browser, page = journey.to_password(port, site.campus.token())
    journey.wait_until_open(browser, journey.apply(browser, page))
    for path in ("/mail/mx/", "/mail/mx/settings/", "/mail/mx/reset/"):
        browser.get(path)


def _only_child(pid: int) -> int:
    children = processes.children(pid)
    if len(children) != 1:
        raise Trouble(f"Expected one web process, found {len(children)}.")
    return children[0]
