"""A session that ends, is ended, or is somebody else's."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import SignedIn, Visit
from tests.browser.demo import Demo
from tests.browser.walking import (
    MAIN_BUTTON,
    PASSWORD,
    agree_to_all,
    choose_name,
    give_password,
    hash_of,
    sign_in,
)


def test_a_session_that_ends_at_the_password_is_taken_up_again_at_the_same_step(visit: Visit, demo: Demo) -> None:
    page = visit()
    sign_in(page, demo, "z88007")
    agree_to_all(page, demo, "mx")
    name = choose_name(page)
    page.context.clear_cookies(name="sessionid")
    give_password(page, PASSWORD)

    expect(page.locator("main")).to_contain_text("登入時間已結束")
    expect(page.locator("main")).to_contain_text("回到同一個步驟")
    page.locator("main .button:not(.quiet)").click()
    sign_in(page, demo, "z88007")
    expect(page).to_have_url(f"{demo.portal}/mail/mx/password/")
    expect(page.locator("main dl")).to_contain_text(f"{name}@mx.nthu.edu.tw")
    expect(page.locator("#id_password")).to_have_value("")
    assert hash_of(demo, f"{name}@mx.nthu.edu.tw") == ""


def test_who_logs_out_is_out_and_leaves_nothing_behind_for_the_back_button(visit: Visit, demo: Demo) -> None:
    page = visit("en-US")
    sign_in(page, demo, "z88007")
    page.get_by_role("button", name="Log out").click()
    expect(page.locator("h1")).to_have_text("You are logged out")
    expect(page.locator("body")).not_to_contain_text("z88007")
    page.go_back()
    expect(page.locator("body")).not_to_contain_text("z88007")
    page.goto(f"{demo.portal}/")
    expect(page).to_have_url(re.compile("/signed-out/"))
    expect(page.locator("h1")).to_have_text("Sign in through the campus information system")


def test_switching_the_user_goes_by_the_campus_and_leaves_nothing_of_the_first(visit: Visit, demo: Demo) -> None:
    page = visit("en-US")
    sign_in(page, demo, "z88007")
    page.get_by_role("link", name="Switch user").click()
    expect(page.locator("main")).to_contain_text("You are signed in as 陳怡君 (z88007)")
    page.get_by_role("button", name="Log out and switch").click()
    expect(page).to_have_url(f"{demo.campus}/")
    sign_in(page, demo, "9500013")
    expect(page.locator("h1")).to_have_text("Hello, 蔡明哲")
    expect(page.locator("body")).not_to_contain_text("z88007")


def test_nobody_sees_the_application_of_somebody_else(visit: Visit, demo: Demo, signed_in: SignedIn) -> None:
    page = visit("en-US", storage_state=signed_in("z88004"))
    agree_to_all(page, demo, "mx")
    expect(page.locator("h1")).to_have_text("No account name can be made yet")
    page.locator(MAIN_BUTTON).click()
    expect(page.locator("h1")).to_have_text("Your application is with the helpdesk")

    other = visit("en-US", storage_state=signed_in("9500013"))
    other.goto(page.url)
    expect(other.locator("h1")).to_have_text("There is no such page")
    expect(other.locator("main")).to_contain_text("404")
    expect(other.locator("main")).not_to_contain_text("A-")
