from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.demo import Demo
from tests.browser.walking import sign_in


def test_the_other_language_keeps_the_page_and_is_remembered_for_the_person(visit: Visit, demo: Demo) -> None:
    page = visit("zh-TW")
    sign_in(page, demo, "z88008")
    page.goto(f"{demo.portal}/help/")
    expect(page.locator("h1")).to_have_text("步驟說明")
    page.get_by_role("button", name="English").click()
    expect(page).to_have_url(f"{demo.portal}/help/")
    expect(page.locator("h1")).to_have_text("Step by step")
    expect(page.locator("html")).to_have_attribute("lang", "en")

    elsewhere = visit("zh-TW")
    sign_in(elsewhere, demo, "z88008")
    expect(elsewhere.locator("h1")).to_have_text("Hello, 陳怡君")

    elsewhere.goto(f"{demo.portal}/configure/")
    elsewhere.get_by_role("radio", name="繁體中文").check()
    elsewhere.get_by_role("button", name="Save").click()
    expect(elsewhere.locator("h1")).to_have_text("個人資料設定")


def test_whoever_is_not_signed_in_can_change_the_language_too(visit: Visit, demo: Demo) -> None:
    page = visit("en-US")
    page.goto(f"{demo.portal}/signed-out/")
    expect(page.locator("h1")).to_have_text("Sign in through the campus information system")
    page.get_by_role("button", name="中文").click()
    expect(page.locator("h1")).to_have_text("請由校務資訊系統登入")
    page.goto(f"{demo.portal}/privacy/")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hant")


def test_who_is_on_record_as_reading_english_is_received_in_english(visit: Visit, demo: Demo) -> None:
    page = visit("zh-TW")
    sign_in(page, demo, "z88010")
    expect(page.locator("h1")).to_have_text("Hello, Amara Okafor")
