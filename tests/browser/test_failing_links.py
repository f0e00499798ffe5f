"""The campus's links that fail on purpose: what happened, what to do, the code, a reference, and nobody is let in."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignedIn, Visit
from tests.browser.demo import Demo
from tests.browser.looking import faults
from tests.browser.walking import sign_in, to_campus_link

IN_CHINESE = {
    "expired": ("連結已失效", "再點一次"),
    "ip-mismatch": ("網路位址", "VPN"),
    "bad-signature": ("連結", "再點一次"),
    "replayed": ("用過", "再點一次"),
}
IN_ENGLISH = {
    "expired": ("The link has expired", "Use the new link within two minutes."),
    "ip-mismatch": ("Your network address has changed", "use a network that keeps one address"),
    "bad-signature": ("This link has been changed", "Use the new link within two minutes."),
    "replayed": ("This link has been used already", "Use the new link within two minutes."),
}
REFERENCE = re.compile(r"H-[0-9A-Z]{8}")


def follow(page: Page, demo: Demo, number: str, code: str) -> None:
    to_campus_link(page, demo, number)
    page.goto(f"{demo.campus}/failing/")
    page.locator(f"form[action='/failing/{code}/'] button").click()
    expect(page.locator("main .address").filter(has_text=code)).to_be_visible()


@contextmanager
def closed_account(demo: Demo, number: str) -> Iterator[None]:
    """No page of the site closes an account of the campus's people, so this goes to the database."""

    def set_active(is_active: bool) -> None:
        with closing(sqlite3.connect(demo.var / "portal.sqlite3", timeout=20)) as database, database:
            changed = database.execute("UPDATE accounts_person SET is_active = ? WHERE number = ?", (is_active, number))
            assert changed.rowcount == 1

    set_active(False)
    try:
        yield
    finally:
        set_active(True)


@pytest.mark.parametrize(("locale", "words"), [("zh-TW", IN_CHINESE), ("en-US", IN_ENGLISH)])
def test_a_link_that_fails_says_what_happened_and_what_to_do(
    visit: Visit, demo: Demo, locale: str, words: dict[str, tuple[str, str]]
) -> None:
    page = visit(locale)
    for code, (happened, to_do) in words.items():
        follow(page, demo, "9500013", code)
        expect(page.locator("h1")).to_contain_text(happened)
        expect(page.locator("ol")).to_contain_text(to_do)
        expect(page.locator("main")).to_contain_text(REFERENCE)
        if code == "ip-mismatch":
            expect(page.locator("main")).to_contain_text("127.0.0.1")
        page.locator("main .button").click()
        expect(page).to_have_url(f"{demo.campus}/")
        page.goto(f"{demo.portal}/configure/")
        expect(page).to_have_url(re.compile("/signed-out/"))


def test_a_link_is_good_for_one_sign_in_even_by_the_back_button(visit: Visit, demo: Demo) -> None:
    page = visit("en-US")
    to_campus_link(page, demo, "9500013")
    link = page.locator("#fresh a[href*=token]").first.get_attribute("href") or ""
    page.goto(link)
    expect(page.locator("h1")).to_have_text("Hello, 蔡明哲")
    page.goto(link)
    expect(page.locator("main")).to_contain_text("there is nothing else to do")
    page.get_by_role("link", name="Go to the home page").click()
    expect(page.locator("h1")).to_have_text("Hello, 蔡明哲")


def test_the_campus_page_takes_the_link_away_when_its_two_minutes_are_over(visit: Visit, demo: Demo) -> None:
    page = visit()
    page.clock.install()
    to_campus_link(page, demo, "9500013")
    expect(page.locator("#stale")).to_be_hidden()
    page.clock.fast_forward("02:01")
    expect(page.locator("#fresh")).to_be_hidden()
    expect(page.locator("#stale")).to_contain_text("連結已過期")
    page.get_by_role("link", name="產生新的連結").click()
    expect(page.locator("#fresh")).to_be_visible()


def test_a_link_leads_back_to_the_page_that_was_asked_for(visit: Visit, demo: Demo) -> None:
    page = visit()
    page.goto(f"{demo.portal}/configure/")
    sign_in(page, demo, "9500013")
    expect(page).to_have_url(f"{demo.portal}/configure/")


def test_who_has_a_closed_account_is_sent_to_the_helpdesk_and_not_in_circles(
    visit: Visit, demo: Demo, signed_in: SignedIn
) -> None:
    page = visit("en-US", storage_state=signed_in("9500013"))
    with closed_account(demo, "9500013"):
        to_campus_link(page, demo, "9500013")
        page.locator("#fresh button").click()
        expect(page.locator("h1")).to_have_text("Your account here is closed")
        expect(page.locator("main")).to_contain_text(REFERENCE)
        expect(page.locator("main a.button")).to_have_text("Contact us")
        assert faults(page) == []
