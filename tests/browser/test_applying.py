"""From the campus page to the letter in the mailbox: in both languages, on a phone, without script, without a mouse."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import SignedIn, Visit
from tests.browser.demo import Demo, mail_server_away, worker_stopped
from tests.browser.keyboard import Keyboard
from tests.browser.looking import faults
from tests.browser.walking import (
    MAIN_BUTTON,
    OPENS_WITHIN,
    PASSWORD,
    THREE_KINDS,
    agree_to_all,
    apply,
    give_password,
    lets_in,
    letters,
    sign_in,
    to_campus_link,
    wait_until_open,
)

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}


def expect_mailbox(page: Page, demo: Demo, address: str) -> None:
    """Open in fact: it lets the password in and no other, and the one letter in it stands on the page."""
    assert lets_in(demo, address, PASSWORD)
    assert not lets_in(demo, address, f"{PASSWORD}!")
    assert len(letters(demo, address)) == 1
    expect(page.locator(".letter")).to_contain_text(address)


def beneath(lower: Locator, upper: Locator) -> bool:
    low, up = lower.bounding_box(), upper.bounding_box()
    return low is not None and up is not None and low["y"] >= up["y"] + up["height"]


def test_a_member_of_staff_comes_from_the_campus_and_gets_a_mailbox_in_chinese(visit: Visit, demo: Demo) -> None:
    page = visit("zh-TW")
    page.goto(f"{demo.campus}/")
    page.get_by_role("button", name="王小明").click()
    page.get_by_role("navigation").get_by_role("link", name="網路系統組線上服務").click()
    expect(page.locator("#fresh")).to_contain_text("連結有效期約兩分鐘")
    page.get_by_role("button", name="登入網路系統組線上服務").click()

    expect(page.locator("h1")).to_have_text("王小明，您好")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hant")
    for fact in ("z99999", "WANG,HSIAO-MING", "教職員工", "一般"):
        expect(page.locator("dl.facts")).to_contain_text(fact)
    page.get_by_role("article", name="MX 信箱").get_by_role("link", name="申請").click()

    expect(page.locator("h1")).to_have_text("校園網路使用規範")
    page.get_by_role("button", name="同意，繼續").click()
    expect(page.locator("h1")).to_have_text("電子郵件信箱使用規範")
    page.get_by_role("button", name="同意，繼續").click()

    expect(page.locator("h1")).to_have_text("選擇您的帳號名稱")
    expect(page.locator(".notice.warn")).to_contain_text("選定之後不能更改")
    page.get_by_role("radio", name=re.compile("^hsiaoming@mx.nthu.edu.tw")).check()
    page.get_by_role("button", name="下一步：設定密碼").click()

    expect(page.locator(".notice.warn")).to_contain_text("不能更改")
    page.get_by_label("信箱新密碼", exact=True).fill(PASSWORD)
    expect(page.locator(".meter")).to_contain_text("很強")
    page.get_by_label("新密碼確認").fill(PASSWORD)
    with worker_stopped(demo):
        page.get_by_role("button", name="確定申請").click()
        expect(page.locator("h1")).to_have_text("正在開通您的信箱")
        expect(page.locator(".timeline .done")).to_have_count(2)
        expect(page.locator("main")).to_contain_text("最久 5 分鐘")
        assert not lets_in(demo, "hsiaoming@mx.nthu.edu.tw", PASSWORD)

    assert wait_until_open(page) == "hsiaoming@mx.nthu.edu.tw"
    expect(page.locator("h1")).to_have_text("您的信箱已經開通")
    page.get_by_role("link", name="查看我的信箱").click()
    expect(page.get_by_role("row", name="收信匣")).to_contain_text("1")
    page.get_by_role("link", name="歡迎信").click()
    expect(page.locator(".letter")).to_contain_text("王小明 您好")
    expect_mailbox(page, demo, "hsiaoming@mx.nthu.edu.tw")


def test_a_member_of_staff_comes_from_the_campus_and_gets_a_mailbox_in_english(visit: Visit, demo: Demo) -> None:
    page = visit("en-US")
    to_campus_link(page, demo, "z88006")
    page.get_by_role("button", name="Sign in to the online services").click()

    expect(page.locator("h1")).to_have_text("Hello, 歐美珍")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("article", name="MX mailbox").get_by_role("link", name="Apply").click()
    for heading in ("Campus network rules", "Mailbox rules"):
        expect(page.locator("h1")).to_have_text(heading)
        page.get_by_role("button", name="I agree, go on").click()

    expect(page.locator(".notice.warn")).to_contain_text("The name can never be changed later.")
    page.get_by_role("button", name="Next: set a password").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose one of the names.")
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Next: set a password").click()

    page.get_by_label("New mailbox password").fill("password123")
    expect(page.locator(".meter")).to_contain_text("Too weak")
    page.get_by_label("New password again").fill("password123")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("#id_password_error")).to_contain_text("GOOD")
    expect(page.get_by_label("New mailbox password")).to_be_focused()
    give_password(page, PASSWORD)

    address = wait_until_open(page)
    expect(page.locator("h1")).to_have_text("Your mailbox is open")
    expect(page.locator("main")).to_contain_text("imap.mx.nthu.edu.tw")
    expect_mailbox(page, demo, address)


def test_while_the_mail_server_is_away_the_page_says_so_and_nothing_has_to_be_done(
    visit: Visit, demo: Demo, signed_in: SignedIn
) -> None:
    page = visit(storage_state=signed_in("9800011"))
    with mail_server_away(demo):
        apply(page, demo, "gapp", THREE_KINDS)
        notice = page.locator("[data-live] .notice")
        expect(notice).to_contain_text("系統會自動再試，您不需要做任何事", timeout=OPENS_WITHIN)
        expect(page.locator(".timeline")).to_contain_text("下次")
        assert faults(page) == []
    address = wait_until_open(page)
    assert lets_in(demo, address, THREE_KINDS)


def test_the_whole_way_works_by_touch_on_a_phone(visit: Visit, demo: Demo) -> None:
    page = visit(**PHONE)
    to_campus_link(page, demo, "z88003")
    page.locator("#fresh button").tap()

    menu = page.get_by_role("navigation")
    expect(page.locator("h1")).to_have_text("黃淑芬，您好")
    expect(menu).to_be_hidden()
    page.get_by_role("button", name="選單").tap()
    expect(menu).to_be_visible()
    page.touchscreen.tap(20, 700)  # beside it
    expect(menu).to_be_hidden()
    page.get_by_role("button", name="選單").tap()
    assert beneath(menu.get_by_role("link").first, menu.get_by_role("button", name="關閉"))
    menu.locator("a[href='/mail/mx/apply/']").tap()

    page.locator("button[value=agree]").tap()
    expect(page.locator("h1")).to_have_text("電子郵件信箱使用規範")
    page.locator("button[value=agree]").tap()
    page.locator("label.choice").nth(1).tap()
    page.locator(MAIN_BUTTON).tap()
    page.locator("#id_password").fill(PASSWORD)
    page.locator("#id_password_again").fill(PASSWORD)
    page.locator(MAIN_BUTTON).tap()
    address = wait_until_open(page)
    expect_mailbox(page, demo, address)
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_the_whole_way_works_without_script(visit: Visit, demo: Demo) -> None:
    page = visit(java_script_enabled=False)
    to_campus_link(page, demo, "z88001")
    page.get_by_role("link", name="用網址開啟").click()
    # With script this page presses its own button.
    page.locator("#handoff button").click()
    expect(page.locator("h1")).to_have_text("林玉蘭，您好")

    agree_to_all(page, demo, "mx")
    page.locator("input[name=name]").first.check()
    page.locator(MAIN_BUTTON).click()
    give_password(page, PASSWORD, again="something else")
    expect(page.get_by_role("alert")).to_contain_text("兩次輸入的密碼不同")
    expect(page.locator("#id_password")).to_have_value("")
    with worker_stopped(demo):
        give_password(page, PASSWORD)
        expect(page.locator("h1")).to_have_text("正在開通您的信箱")
    address = wait_until_open(page)  # the page asks for itself again and again
    expect_mailbox(page, demo, address)


def test_the_whole_way_works_with_the_keyboard_alone(visit: Visit, demo: Demo) -> None:
    page = visit()
    keys = Keyboard(page)
    page.goto(f"{demo.campus}/")
    keys.press(page.locator("button[name=number][value=z88009]"), "Enter")
    keys.press(page.get_by_role("navigation").get_by_role("link", name="網路系統組線上服務"), "Enter")
    keys.press(page.locator("#fresh button"), "Enter")

    expect(page.locator("h1")).to_have_text("荷西．加西亞，您好")
    keys.skip_to_main()
    keys.press(page.locator("main a[href='/mail/mx/apply/']"), "Enter")
    page.wait_for_url("**/policies/**")
    while "/policies/" in page.url:
        before = page.url
        keys.press(page.locator("button[value=agree]"), "Space")
        expect(page).not_to_have_url(before)

    expect(page.locator("h1")).to_have_text("選擇您的帳號名稱")
    keys.press(page.locator("input[name=name]").first, "ArrowDown")
    expect(page.locator("input[name=name]").nth(1)).to_be_checked()
    keys.press(page.locator(MAIN_BUTTON), "Enter")

    keys.tab_to(page.locator("#id_password"))
    page.keyboard.type(PASSWORD)
    keys.press(page.locator("[data-new-password] button"), "Space")
    expect(page.locator("#id_password")).to_have_attribute("type", "text")
    keys.tab_to(page.locator("#id_password_again"))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    address = wait_until_open(page)
    expect_mailbox(page, demo, address)


def test_the_focus_goes_through_every_page_in_reading_order_and_is_never_caught(
    visit: Visit, demo: Demo, signed_in: SignedIn
) -> None:
    page = visit(storage_state=signed_in("z88009"))
    keys = Keyboard(page)
    for path in ("/", "/configure/", "/mail/mx/apply/", "/help/"):
        page.goto(f"{demo.portal}{path}")
        keys.go_round()


@pytest.mark.parametrize(
    ("number", "address"),
    [("9800011", "s9800011@m98.nthu.edu.tw"), ("9700012", "s9700012@oz.nthu.edu.tw")],
)
def test_a_student_gets_the_address_that_follows_from_number_and_entry_year(
    visit: Visit, demo: Demo, number: str, address: str
) -> None:
    page = visit("en-US")
    sign_in(page, demo, number)
    agree_to_all(page, demo, "student")
    expect(page.locator("main")).to_contain_text("there is nothing to choose")
    expect(page.get_by_role("radio")).to_have_count(1)
    expect(page.get_by_role("radio")).to_be_checked()
    assert faults(page) == []
    page.locator(MAIN_BUTTON).click()
    expect(page.locator("main dl")).to_contain_text(address)
    give_password(page, PASSWORD)
    assert wait_until_open(page) == address
    expect_mailbox(page, demo, address)
