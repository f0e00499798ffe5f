"""The staff's sign-in as a person does it: name, password, and the code of the moment."""

import time
from typing import Any

from playwright.sync_api import Page

from demo.staff import PERIOD, code
from tests.browser.demo import Demo


def password(demo: Demo) -> str:
    return (demo.var / "demo" / "admin-password.txt").read_text().strip()


def give_password(page: Page, demo: Demo, name: str = "admin") -> None:
    page.goto(f"{demo.portal}/admin/")
    page.locator("#id_login").fill(name)
    page.locator("#id_password").fill(password(demo))
    page.locator("main form .button").click()
    page.wait_for_url("**/second-step/")


def sign_in(page: Page, demo: Demo, name: str = "admin") -> None:
    """To the administration's first page. A code is good once, so it may take until there is another one."""
    give_password(page, demo, name)
    key = (demo.var / "demo" / "admin-key.txt").read_text().strip()
    for ahead in (0, PERIOD, -PERIOD, PERIOD):  # the portal takes those of half a minute before and after too
        page.locator("#id_code").fill(code(key, time.time() + ahead))
        page.locator("main form .button").first.click()
        page.wait_for_load_state()
        if "/admin/" in page.url:
            return
        if ahead == -PERIOD:
            page.wait_for_timeout(PERIOD * 1000)
    raise AssertionError(page.locator("main").inner_text())


def administrator(visit: Any, signed_in: Any, demo: Demo, locale: str, **context: Any) -> Page:
    """On the administration's first page, with the session that all the tests of the administration share."""
    page: Page = visit(locale, storage_state=signed_in("staff:admin"), **context)
    page.goto(f"{demo.portal}/admin/")
    return page
