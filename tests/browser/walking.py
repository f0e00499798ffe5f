"""The steps of a visit, by what stands in every language: the tests of the journeys say the words themselves."""

import re
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from playwright.sync_api import Page, expect

from tests.browser.demo import Demo

# Words that have to do with none of the demo's persons; every password of these tests has the first two in it.
SECRET = "copper-kettle"
PASSWORD = f"{SECRET}-ninety-seals"
OTHER_PASSWORD = f"{SECRET}-forty-harbours"
THREE_KINDS = "Copper-Kettle-90-seals"  # for the service that wants a digit and both cases
MAIN_BUTTON = "main form .button:not(.quiet):not([type=button])"
OPENS_WITHIN = 20_000  # milliseconds; it takes one or two seconds where the machine is not busy


def to_campus_link(page: Page, demo: Demo, number: str) -> None:
    """Sign in to the campus as that person, as far as the page with the two-minute link."""
    page.goto(f"{demo.campus}/people/")
    page.locator(f"button[name=number][value='{number}']").click()
    page.goto(f"{demo.campus}/services/network/")


def sign_in(page: Page, demo: Demo, number: str) -> None:
    to_campus_link(page, demo, number)
    page.locator("#fresh button").click()
    page.wait_for_url(f"{demo.portal}/**")
    expect(page.locator(".masthead .tools"), page.url).to_contain_text(number)


def agree_to_all(page: Page, demo: Demo, service: str) -> None:
    """Begin an application and agree to every policy, as far as the page of the name."""
    page.goto(f"{demo.portal}/mail/{service}/apply/")
    while "/policies/" in page.url:
        before = page.url
        page.locator("button[value=agree]").click()
        expect(page).not_to_have_url(before)
    page.goto(f"{demo.portal}/mail/{service}/name/")


def choose_name(page: Page, name: str = "") -> str:
    """Take that name, or the first one offered; the name taken."""
    choice = page.locator(f"input[name=name][value='{name}']" if name else "input[name=name]").first
    choice.check()
    chosen = choice.get_attribute("value") or ""
    page.locator(MAIN_BUTTON).click()
    page.wait_for_url("**/password/")
    return chosen


def give_password(page: Page, password: str, again: str = "") -> None:
    page.locator("#id_password").fill(password)
    page.locator("#id_password_again").fill(again or password)
    page.locator(MAIN_BUTTON).click()


def apply(page: Page, demo: Demo, service: str, password: str = PASSWORD) -> None:
    """From the first policy to the page that shows how far the mailbox is."""
    agree_to_all(page, demo, service)
    choose_name(page)
    give_password(page, password)
    page.wait_for_url(re.compile(r"/applications/|/ready/"))


def wait_until_open(page: Page) -> str:
    """The address of the mailbox that the last page of an application shows."""
    page.wait_for_url("**/ready/", timeout=OPENS_WITHIN)
    return page.locator("main .address.big").inner_text()


# --- what the mail server has ----------------------------------------------------------------------------------------


def hash_of(demo: Demo, address: str) -> str:
    """The password hash with which the mail server lets that address in; empty if it does not know it."""
    users = demo.var / "mail" / "users"
    lines = users.read_text().splitlines() if users.exists() else []
    return next((line.split(":")[1] for line in lines if line.startswith(f"{address}:")), "")


def lets_in(demo: Demo, address: str, password: str) -> bool:
    held = hash_of(demo, address)
    try:
        return held != "" and PasswordHasher().verify(held.removeprefix("{ARGON2ID}"), password)
    except VerifyMismatchError:
        return False


def letters(demo: Demo, address: str) -> list[Path]:
    """The letters in that mailbox's inbox that nobody has opened yet."""
    name, domain = address.split("@")
    return list((demo.var / "mail" / domain / name / "Maildir" / "new").iterdir())
