"""What the mail server tells of sign-ins: how soon one is shown, and a thousand a second beside the mailbox page."""

import imaplib
import json
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from statistics import median
from typing import Any

from _support import Trouble

from tests import servers
from tests.bench import processes
from tests.bench.row import Row
from tests.bench.site import Site
from tests.production import Production
from tests.visits import journey
from tests.visits.browser import Browser
from tests.visits.campus import PASSWORD

RATE, SECONDS = 1000, 20
FLOOD, FLOOD_SECONDS = 10_000, 3
SLOWER = 2.0
GROWTH = 50.0  # MB
TIMES, LATEST = 20, 2.0  # seconds
AWAY = 1.5
PAGE, BOX = "/mail/mx/", "/mail/mx/box/logins/"
PAUSE = 0.02  # seconds


def rows(site: Site) -> Iterator[Row]:
    folder = site.folder / "log-ins"
    folder.mkdir()
    with ExitStack() as stack:
        production = Production(site.parts, stack, folder, web="portal.wsgi", celery="portal")
        if production.dovecot is None:
            yield Row("log-in records", "", "Dovecot's or Postfix's packages are missing", None)
            return
        try:
            production.start()
            browser, page = journey.to_password(production.port, production.campus.token())
            address = journey.address_of(journey.wait_until_open(browser, journey.apply(browser, page)))
            yield _until_shown(production, browser, address)
            yield _beside_the_page(production, browser)
            yield _flood(production, browser)
            yield _without_portal(production, address)
        finally:
            production.stop()


def _until_shown(site: Production, browser: Browser, address: str) -> Row:
    taken = [_seconds_until_shown(site, browser, address) for _ in range(TIMES)]
    return Row(
        "failed IMAP log-in to shown",
        f"worst of {TIMES} under {LATEST:.0f} s",
        f"median {median(taken):.2f} s, worst {max(taken):.2f} s",
        max(taken) < LATEST,
    )


def _seconds_until_shown(site: Production, browser: Browser, address: str) -> float:
    """From Dovecot's refusal until the box shows it, looking every 20 ms. The oldest of the five gives way, so by count."""
    before = _failures(site)
    assert site.dovecot
    client = imaplib.IMAP4("127.0.0.1", site.dovecot.imap)
    try:
        client.login(address, "not-the-password")
    except imaplib.IMAP4.error:
        started = time.perf_counter()
    else:
        raise Trouble("Dovecot has let a wrong password in.")
    finally:
        client.shutdown()
    wanted = min(before + 1, 5)
    while _failures(site) == before or browser.get(BOX).text.count(">IMAP<") < wanted:
        if time.perf_counter() - started > journey.SECONDS:
            raise Trouble("The failed log-in is not shown.")
        time.sleep(PAUSE)
    return time.perf_counter() - started


def _failures(site: Production) -> int:
    return int(site.query("SELECT count(*) FROM mailboxes_loginrecord WHERE NOT succeeded")[0][0])


def _beside_the_page(site: Production, browser: Browser) -> Row:
    idle = [_page_seconds(browser) for _ in range(300)]
    found, meanwhile = _told(site, browser, RATE, SECONDS)
    slower = median(meanwhile) / median(idle)
    return Row(
        f"{RATE:,} log-in records a second",
        f"all taken in; the mailbox page under {SLOWER:.0f} times its idle median",
        f"{found['kept']:,} of {found['told']:,} kept, {found['told'] / found['seconds']:.0f} a second; the page "
        f"{slower:.2f} times ({1000 * median(idle):.1f} ms, then {1000 * median(meanwhile):.1f} ms)",
        found["kept"] == found["told"] == RATE * SECONDS and slower < SLOWER,
    )


def _flood(site: Production, browser: Browser) -> Row:
    before = _memory(site)
    found, meanwhile = _told(site, browser, FLOOD, FLOOD_SECONDS)
    growth = _memory(site) - before
    return Row(
        f"{FLOOD:,} log-in records a second",
        f"pages go on, and memory grows by less than {GROWTH:.0f} MB a process",
        f"{found['told'] / found['seconds']:,.0f} a second answered: {found['taken']:,} of {found['told']:,} taken, "
        f"{found['kept']:,} kept; the page {1000 * median(meanwhile):.0f} ms, worst {1000 * max(meanwhile):.0f} ms; "
        f"{growth:.0f} MB more",
        found["kept"] == found["taken"] and growth < GROWTH,
    )


def _without_portal(site: Production, address: str) -> Row:
    """Last, for it kills the portal."""
    usual = median(_imap_seconds(site, address) for _ in range(TIMES))
    with servers.stopped([site.pid("web"), *processes.children(site.pid("web"))]):
        frozen = median(_imap_seconds(site, address) for _ in range(TIMES))
    site.kill_part("web")
    dead = median(_imap_seconds(site, address) for _ in range(TIMES))
    slower = max(frozen, dead) / usual
    return Row(
        "IMAP log-ins while the portal is frozen, and while it is dead",
        f"under {AWAY} times the usual median",
        f"{slower:.2f} times ({1000 * usual:.0f} ms; frozen {1000 * frozen:.0f} ms, dead {1000 * dead:.0f} ms)",
        slower < AWAY,
    )


def _imap_seconds(site: Production, address: str) -> float:
    assert site.dovecot
    started = time.perf_counter()
    client = imaplib.IMAP4("127.0.0.1", site.dovecot.imap)
    client.login(address, PASSWORD)
    taken = time.perf_counter() - started
    client.logout()
    return taken


def _told(site: Production, browser: Browser, rate: int, seconds: int) -> tuple[dict[str, Any], list[float]]:
    """What came of that many records, and the seconds of each page meanwhile."""
    began, answer = site.folder / "log-ins-began", site.folder / "answer.json"
    began.unlink(missing_ok=True)
    env = site.env | {"PORT": str(site.port), "RATE": str(rate), "SECONDS": str(seconds)}
    argv = [sys.executable, "-m", "tests.bench.inside", "inside.log_ins", answer]
    part = site.parts.start("log-ins", *argv, log=site.logs / "steps.log", env=env)
    while part.process.poll() is None and not began.exists():
        time.sleep(PAUSE)
    ends = time.monotonic() + seconds
    meanwhile = []
    while time.monotonic() < ends:
        meanwhile.append(_page_seconds(browser))
        time.sleep(PAUSE)
    site.parts.finish(part)
    return json.loads(answer.read_text()), meanwhile


def _memory(site: Production) -> float:
    """The most that a web process holds."""
    return max(processes.megabytes(pid, "VmRSS") for pid in processes.children(site.pid("web")))


def _page_seconds(browser: Browser) -> float:
    started = time.perf_counter()
    page = browser.get(PAGE)
    taken = time.perf_counter() - started
    if page.status != 200:
        raise Trouble(f"{PAGE} gave {page.status}.")
    return taken
