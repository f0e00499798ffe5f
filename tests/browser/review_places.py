"""The reviewers' pages for the tests of every page: somebody without a passport name waits there."""

from playwright.sync_api import Page, expect

from tests.browser.demo import Demo
from tests.browser.places import Place
from tests.browser.test_review import QUEUE

WAITS = "z88004"


def queue(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.portal}{QUEUE}?q={WAITS}")
    expect(page.locator("table.queue tbody tr")).to_have_count(1)


def case(page: Page, demo: Demo) -> None:
    queue(page, demo)
    page.locator("table.queue tbody th a").click()
    expect(page.locator("#person")).to_be_visible()


def many(page: Page, demo: Demo) -> None:
    queue(page, demo)
    page.locator("table.queue input[type=checkbox]").check()
    page.locator("button[value=reject]").click()
    expect(page.locator("button[name=confirmed]")).to_be_visible()


BY_REVIEWER = {
    "review queue": Place("staff:admin", queue),
    "review of one application": Place("staff:admin", case),
    "review of many applications": Place("staff:admin", many),
}
