"""Ways through the administration, found by the links of its own pages."""

from collections.abc import Iterator

from playwright.sync_api import Page

from tests.browser.demo import Demo

INDEX = "/admin/"


def lists(admin: Page, demo: Demo) -> list[str]:
    """The paths of all the lists that the index shows."""
    admin.goto(f"{demo.portal}{INDEX}")
    found: list[str] = admin.evaluate("() => [...document.querySelectorAll('#content-main th a')].map((a) => a.pathname)")
    return found


def pages_of(admin: Page, demo: Demo, path: str) -> Iterator[str]:
    """The path of a list, and those of its page to add something and of the first row's, where it has them."""
    yield path
    admin.goto(f"{demo.portal}{path}")
    for selector in (".object-tools a.addlink", "#result_list tbody th a, table.queue tbody th a"):
        link = admin.locator(selector).first
        if link.count():
            yield (link.get_attribute("href") or "").partition("?")[0]
