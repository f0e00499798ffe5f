"""The ways through the administration, by the links of its own pages; each function looks at the page as it stands."""

from playwright.sync_api import Page

LISTS = "() => [...document.querySelectorAll('#content-main th a')].map((a) => a.pathname)"
FROM_A_LIST = (".object-tools a.addlink", "#result_list tbody th a, table.queue tbody th a")


def lists(index: Page) -> list[str]:
    """The paths of all the lists that the index shows."""
    found: list[str] = index.evaluate(LISTS)
    return found


def beyond(page: Page) -> list[str]:
    """The paths of a list's page to add something, and of the first row's, where it has them."""
    links = [page.locator(selector).first for selector in FROM_A_LIST]
    return [(link.get_attribute("href") or "").partition("?")[0] for link in links if link.count()]
