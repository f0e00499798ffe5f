"""The way of a staff member to a mailbox, one function a step."""

import re
import time

from _support import Trouble

from tests.visits.browser import Browser, Page
from tests.visits.campus import PASSWORD

SECONDS = 60.0
PAUSE = 0.02  # seconds between two looks at the progress page


def sign_in(port: int, token: str) -> Browser:
    browser = Browser(port)
    browser.hand_over(token)
    return browser


def read_policies(browser: Browser) -> Page:
    """Agree to each policy in turn; the page on which the names are offered."""
    page = browser.get("/mail/mx/apply/")
    while "/policies/" in page.path:
        page = browser.post(page, version=page.field("version"), decision="agree")
    return _at(page, "/mail/mx/name/")


def choose_name(browser: Browser, names: Page) -> Page:
    """Take the first name; the page for the password."""
    return _at(browser.post(names, name=names.field("name")), "/mail/mx/password/")


def apply(browser: Browser, password_page: Page) -> str:
    """Apply; the address of the application's page."""
    page = browser.post(password_page, follow=False, password=PASSWORD, password_again=PASSWORD)
    if page.status != 302 or not page.text.startswith("/applications/"):
        raise Trouble(f"Apply gave {page.status} {page.text[:200]!r}.")
    return page.text


def address_of(page: Page) -> str:
    """The mail address that the progress page shows."""
    found = re.search(r'translate="no">([^<]+)<wbr>(@[^<]+)<', page.text)
    if found is None:
        raise Trouble(f"The page {page.path} ({page.status}) shows no address.")
    return found[1] + found[2]


def wait_until_open(browser: Browser, application: str) -> Page:
    """Look at the progress page until it leads to the opened mailbox; that page."""
    deadline = time.monotonic() + SECONDS
    while (page := browser.get(application)).path == application:
        if time.monotonic() > deadline:
            raise Trouble(f"{application} is not open after {SECONDS:.0f} s.")
        time.sleep(PAUSE)
    return _at(page, "/mail/mx/ready/")


def to_password(port: int, token: str) -> tuple[Browser, Page]:
    browser = sign_in(port, token)
    return browser, choose_name(browser, read_policies(browser))


def _at(page: Page, path: str) -> Page:
    if (page.path, page.status) != (path, 200):
        raise Trouble(f"Expected {path}, but came to {page.path} ({page.status}).")
    return page
