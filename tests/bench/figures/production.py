"""PostgreSQL, Redis, Dovecot and Postfix under the portal: how soon a mailbox can be used, how many a second, and a rush."""

import imaplib
import json
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

from _support import Part, Trouble

from tests.bench.row import Row
from tests.bench.site import Site
from tests.production import Production
from tests.visits import journey
from tests.visits.browser import Browser
from tests.visits.campus import PASSWORD

TIMES = 50
MEDIAN, WORST = 1.0, 3.0  # seconds
ROUNDS = 3
LEAST_SHARE = 0.6
LAST_SECONDS, SLOWER = 60, 2.0
PAGE = "/mail/mx/apply/"
PAUSE = 0.02  # seconds


def rows(site: Site) -> Iterator[Row]:
    folder = site.folder / "production"
    folder.mkdir()
    with ExitStack() as stack:
        production = Production(site.parts, stack, folder, web="portal.wsgi", celery="portal")
        if production.dovecot is None:
            yield Row("on PostgreSQL, Redis and Dovecot", "", "Dovecot's or Postfix's packages are missing", None)
            return
        production.env |= production.dovecot.env()  # past the proxy, which is there to break things
        try:
            production.start()
            yield _until_imap(production)
            yield _provisioning(production)
            yield _rush(production)
        finally:
            production.stop()


def _until_imap(site: Production) -> Row:
    taken = [_seconds_to_imap(site) for _ in range(TIMES)]
    return Row(
        "Apply to an IMAP sign-in",
        f"median under {MEDIAN:.0f} s, worst of {TIMES} under {WORST:.0f} s",
        f"median {median(taken):.2f} s, worst of {TIMES} {max(taken):.2f} s",
        median(taken) < MEDIAN and max(taken) < WORST,
    )


def _seconds_to_imap(site: Production) -> float:
    """From sending the last form until Dovecot takes the password, tried every 20 ms."""
    site.check()
    browser, page = journey.to_password(site.port, site.campus.token())
    started = time.perf_counter()
    address = journey.address_of(browser.get(journey.apply(browser, page)))
    while not _may_sign_in(site, address):
        if time.perf_counter() - started > journey.SECONDS:
            raise Trouble(f"Dovecot does not take the password of {address}.")
        time.sleep(PAUSE)
    return time.perf_counter() - started


def _may_sign_in(site: Production, address: str) -> bool:
    assert site.dovecot
    client = imaplib.IMAP4("127.0.0.1", site.dovecot.imap)
    try:
        client.login(address, PASSWORD)
    except imaplib.IMAP4.error:
        return False
    finally:
        client.shutdown()
    return True


def _provisioning(site: Production) -> Row:
    site.kill_part("second")  # two processes on either side
    pairs = [_inside(site, "inside.provisioning") for _ in range(ROUNDS)]
    site.start_part("second")
    site.wait_for_worker("second")
    shares = [pair["worker"] / pair["bare"] for pair in pairs]
    best = max(pairs, key=lambda pair: pair["worker"])
    return Row(
        "mailboxes made a second, beside a bare loop of the same store calls",
        f"at least {LEAST_SHARE}",
        f"{median(shares):.2f} ({min(shares):.2f} to {max(shares):.2f}; {best['worker']:.0f} beside "
        f"{best['bare']:.0f} a second)",
        median(shares) >= LEAST_SHARE,
    )


def _rush(site: Production) -> Row:
    browser = journey.sign_in(site.port, site.campus.token())
    idle = [_page_seconds(browser) for _ in range(200)]
    part, answer = _start_inside(site, "inside.rush")
    while part.process.poll() is None and not (site.folder / "rush-began").exists():
        time.sleep(PAUSE)
    meanwhile = []
    while part.process.poll() is None:
        meanwhile.append(_page_seconds(browser))
        time.sleep(PAUSE)
    site.parts.finish(part)
    found = json.loads(answer.read_text())
    slower = median(meanwhile) / median(idle)
    return Row(
        f"a rush of {found['count']:,} applications",
        f"the last one active in under {LAST_SECONDS} s; pages meanwhile under {SLOWER:.0f} times their idle median",
        f"{found['seconds']:.0f} s; pages {slower:.1f} times ({1000 * median(idle):.0f} ms, then "
        f"{1000 * median(meanwhile):.0f} ms)",
        found["seconds"] < LAST_SECONDS and slower < SLOWER,
    )


def _page_seconds(browser: Browser) -> float:
    started = time.perf_counter()
    page = browser.get(PAGE)
    taken = time.perf_counter() - started
    if page.status != 200:
        raise Trouble(f"{PAGE} gave {page.status}.")
    return taken


def _inside(site: Production, module: str) -> dict[str, Any]:
    part, answer = _start_inside(site, module)
    site.parts.finish(part)
    found: dict[str, Any] = json.loads(answer.read_text())
    return found


def _start_inside(site: Production, module: str) -> tuple[Part, Path]:
    """What ``measure()`` of a module finds out, in a process with the portal's settings."""
    answer = site.folder / "answer.json"
    argv: list[str | Path] = [sys.executable, "-m", "tests.bench.inside", module, answer]
    return site.parts.start(module, *argv, log=site.logs / "steps.log", env=site.env), answer
