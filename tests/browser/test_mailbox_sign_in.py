"""The door for people who have a mailbox already, from the signed-out page on."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import SignedIn, Visit
from tests.browser.demo import Demo
from tests.browser.keyboard import Keyboard
from tests.browser.looking import english, faults
from tests.browser.walking import MAIN_BUTTON, OTHER_PASSWORD, PASSWORD, apply, wait_until_open

OWNER = "z88008"


@pytest.fixture(scope="module")
def address(chromium: Browser, demo: Demo, signed_in: SignedIn) -> Iterator[str]:
    """A mailbox whose service has the door open."""
    context = chromium.new_context(locale="en-US", storage_state=signed_in(OWNER))
    page = context.new_page()
    apply(page, demo, "mx")
    address = wait_until_open(page)
    context.close()
    with door_open(demo, "mx"):
        yield address


@contextmanager
def door_open(demo: Demo, service: str) -> Iterator[None]:
    """Until this ends; an administrator does it with a tick."""

    def switch(on: int) -> None:
        with closing(sqlite3.connect(demo.var / "portal.sqlite3", timeout=20)) as database, database:
            database.execute("UPDATE mailboxes_mailservice SET password_sign_in = ? WHERE slug = ?", [on, service])

    switch(1)
    try:
        yield
    finally:
        switch(0)


def to_the_door(page: Page, demo: Demo, wanted: str = "/") -> None:
    page.goto(f"{demo.portal}{wanted}")
    page.locator("main a[href='/sign-in/']").click()
    expect(page).to_have_url(f"{demo.portal}/sign-in/")


def test_where_no_service_has_it_on_there_is_no_door(visit: Visit, demo: Demo) -> None:
    page = visit("en-US")
    page.goto(f"{demo.portal}/signed-out/")
    expect(page.locator("main a[href='/sign-in/']")).to_have_count(0)
    response = page.goto(f"{demo.portal}/sign-in/")
    assert response is not None and response.status == 404
    expect(page.locator("h1")).to_have_text(re.compile("."))


@pytest.mark.parametrize(("locale", "language"), [("zh-TW", "zh-Hant"), ("en-US", "en")])
def test_the_owner_comes_in_by_keyboard_and_goes_on_where_they_wanted(
    locale: str, language: str, visit: Visit, demo: Demo, address: str
) -> None:
    page = visit(locale)
    to_the_door(page, demo, "/mail/mx/settings/")
    expect(page.locator("html")).to_have_attribute("lang", language)
    keyboard = Keyboard(page)
    keyboard.skip_to_main()
    keyboard.tab_to(page.locator("#id_address"))
    page.keyboard.type(address)
    keyboard.tab_to(page.locator("#id_password"))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/mail/mx/settings/"))  # with the fragment of the link to the content
    expect(page.locator(".masthead .tools")).to_contain_text(OWNER)


@pytest.mark.parametrize("locale", ["zh-TW", "en-US"])
def test_a_wrong_password_is_explained_and_not_shown_again(locale: str, visit: Visit, demo: Demo, address: str) -> None:
    page = visit(locale)
    to_the_door(page, demo)
    for field, text in (("#id_address", address), ("#id_password", OTHER_PASSWORD)):
        page.locator(field).fill(text)
    page.locator(MAIN_BUTTON).click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("main")).to_contain_text("wrong-password")
    expect(page.locator("#id_address")).to_have_value(address)
    expect(page.locator("#id_password")).to_have_value("")
    assert faults(page) == []
    if locale == "zh-TW":
        assert english(page) == []


@pytest.mark.parametrize("locale", ["zh-TW", "en-US"])
def test_it_works_without_script_and_names_what_is_missing(locale: str, visit: Visit, demo: Demo, address: str) -> None:
    page = visit(locale, java_script_enabled=False)
    to_the_door(page, demo)
    page.locator("#id_address").fill(address.partition("@")[0])
    page.locator(MAIN_BUTTON).click()
    expect(page.get_by_role("alert").get_by_role("link")).to_have_count(2)
    page.locator("#id_address").fill(address)
    page.locator("#id_password").fill(PASSWORD)
    page.locator(MAIN_BUTTON).click()
    expect(page.locator(".masthead .tools")).to_contain_text(OWNER)


def test_the_pages_of_the_door_are_there_for_everybody(visit: Visit, demo: Demo, address: str) -> None:
    page = visit("zh-TW")
    for path in ("/signed-out/", "/sign-in/"):
        page.goto(f"{demo.portal}{path}")
        assert faults(page) == []
        assert english(page) == []
