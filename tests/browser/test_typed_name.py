"""The education cloud: a name from the county's account, or one of one's own, looked up while it is typed."""

import re

from playwright.sync_api import Page, expect

from tests.browser import county
from tests.browser.conftest import Visit
from tests.browser.demo import Demo
from tests.browser.keyboard import Keyboard
from tests.browser.looking import faults
from tests.browser.walking import THREE_KINDS, agree_to_all, give_password, lets_in, wait_until_open

NEXT = "form[data-name-check] .button:not(.quiet)"
OWN = "details.card"


def at_name(page: Page, demo: Demo) -> None:
    agree_to_all(page, demo, "edu")
    expect(page.locator("main .address.big")).to_be_visible()


def open_own(page: Page) -> None:
    """It is open already where they have taken a name of their own before."""
    if page.locator("#id_name").is_hidden():
        page.locator(f"{OWN} summary").click()


def test_one_click_takes_the_default(visit: Visit, demo: Demo) -> None:
    page = visit("en-US")
    county.sign_in(page, demo, "kl:bb5678")
    at_name(page, demo)
    expect(page.locator("main .address.big")).to_have_text("bb5678.kl@mail.edu.tw")
    expect(page.locator("#id_name")).to_be_hidden()
    assert faults(page) == []
    page.locator("section button[form=take]").click()
    expect(page.locator("main dl")).to_contain_text("bb5678.kl@mail.edu.tw")
    give_password(page, THREE_KINDS)
    assert wait_until_open(page) == "bb5678.kl@mail.edu.tw"
    assert lets_in(demo, "bb5678.kl@mail.edu.tw", THREE_KINDS)


def test_a_name_is_looked_up_while_it_is_typed_and_one_click_takes_another(visit: Visit, demo: Demo) -> None:
    first = visit("en-US")
    county.sign_in(first, demo, "hc:gg8024")
    at_name(first, demo)
    open_own(first)
    first.locator("#id_name").fill("LinYuLan")
    expect(first.locator("#id_name_error")).to_contain_text("linyulan")
    expect(first.locator("#id_name_error.good")).to_be_visible()
    first.locator(NEXT).click()
    first.wait_for_url("**/password/")
    give_password(first, THREE_KINDS)
    assert wait_until_open(first) == "linyulan@mail.edu.tw"

    page = visit("en-US")
    county.sign_in(page, demo, "kl:ff9753")
    at_name(page, demo)
    open_own(page)
    page.locator("#id_name").press_sequentially("1lin")
    expect(page.locator("#id_name_error p")).to_have_count(2)  # too short, and a digit first
    expect(page.locator("#id_name")).to_have_attribute("aria-invalid", "true")
    page.locator("#id_name").fill("lin_yulan")
    alternatives = page.locator("[data-near] button")
    expect(alternatives).to_have_text(["lin_yulan.kl", "lin_yulan2", "lin_yulan3"])
    expect(page.locator(f"{OWN} [role=status]")).to_contain_text("lin_yulan2")
    assert faults(page) == []
    alternatives.nth(1).click()
    page.wait_for_url("**/password/")
    expect(page.locator("main dl")).to_contain_text("lin_yulan2@mail.edu.tw")


def test_a_name_of_ones_own_works_without_script(visit: Visit, demo: Demo) -> None:
    page = visit(java_script_enabled=False)
    county.sign_in(page, demo, "kl:ff9753")
    at_name(page, demo)
    open_own(page)
    page.locator("#id_name").fill("postmaster")
    page.locator(NEXT).click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("#id_name")).to_have_value("postmaster")
    page.locator("#id_name").fill("chenyichun")
    page.locator(NEXT).click()
    page.wait_for_url("**/password/")
    expect(page.locator("main dl")).to_contain_text("chenyichun@mail.edu.tw")


def test_a_name_of_ones_own_works_with_the_keyboard_alone(visit: Visit, demo: Demo) -> None:
    page = visit()
    county.sign_in(page, demo, "kl:hh4680")
    keys = Keyboard(page)
    at_name(page, demo)
    keys.press(page.locator(f"{OWN} summary"), "Enter")
    keys.tab_to(page.locator("#id_name"))
    page.keyboard.type("chen.mei_hui")
    expect(page.locator("#id_name_error.good")).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**/password/")
    page.goto(f"{demo.portal}/mail/edu/name/")
    keys.go_round()
    expect(page.locator("#id_name")).to_have_value("chen.mei_hui")


def test_the_script_says_nothing_where_the_network_is_gone(visit: Visit, demo: Demo) -> None:
    page = visit()
    county.sign_in(page, demo, "kl:ff9753")
    at_name(page, demo)
    open_own(page)
    page.route(re.compile("/name/check/"), lambda route: route.abort())
    with page.expect_event("requestfailed"):
        page.locator("#id_name").fill("chenmeihui")
    expect(page.locator("#id_name_error")).to_be_empty()
    page.locator(NEXT).click()
    page.wait_for_url("**/password/")
