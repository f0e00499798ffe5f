"""One demo and one Chromium a run; every visit has a browser context of its own, and is watched."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, expect, sync_playwright

from tests.browser import county, staff, walking
from tests.browser.demo import Demo, running
from tests.browser.watching import PAGES, Watch

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
DESKTOP = {"width": 1180, "height": 800}

expect.set_options(timeout=15_000)  # milliseconds; what should come comes much sooner, but not on a machine that is busy


class Visit(Protocol):
    def __call__(self, locale: str = ..., **options: Any) -> Page: ...


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("Chromium is missing: install the Debian package chromium")
    with sync_playwright() as playwright:
        # With the back-forward cache that people have: a page that comes back out of it must be as safe as a new one.
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=ARGUMENTS, ignore_default_args=["--disable-back-forward-cache"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def demo(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with running(tmp_path_factory.mktemp("demo")) as demo:
        yield demo


@pytest.fixture
def visit(chromium: Browser, demo: Demo, tmp_path: Path) -> Iterator[Visit]:
    """A new browser, in Chinese unless told otherwise; when the test ends, it must have seen nothing wrong."""
    watches: list[tuple[BrowserContext, Watch]] = []

    def begin(locale: str = "zh-TW", **options: Any) -> Page:
        har = tmp_path / f"visit-{len(watches)}.har"
        context = chromium.new_context(
            **{"locale": locale, "viewport": DESKTOP, "timezone_id": "Asia/Taipei"} | options,
            record_har_path=har,
            record_har_url_filter=PAGES,
        )
        watches.append((context, Watch(context, demo, har)))
        return context.new_page()

    yield begin
    for context, _watch in watches:
        context.close()
    assert [trouble for _context, watch in watches for trouble in watch.troubles()] == []


class SignedIn(Protocol):
    def __call__(self, number: str) -> StorageState: ...


@pytest.fixture(scope="session")
def signed_in(chromium: Browser, demo: Demo) -> SignedIn:
    """The cookies of somebody who came in, by the campus or, as in ``kl:aa1234``, by a county: one sign-in a person.

    ``staff:admin`` is the administrator, who may have to wait for a code that was not used yet.
    """
    states: dict[str, StorageState] = {}

    def cookies(number: str) -> StorageState:
        if number not in states:
            context = chromium.new_context(locale="zh-TW")
            kind, _, name = number.rpartition(":")
            if kind == "staff":
                staff.sign_in(context.new_page(), demo, name)
            else:
                (county if kind else walking).sign_in(context.new_page(), demo, number)
            states[number] = context.storage_state()
            context.close()
        return states[number]

    return cookies
