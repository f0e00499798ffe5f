"""From the choice of a county to the finished address: in both languages, without script, without a mouse, and back."""

import re

from playwright.sync_api import Page, expect

from demo.county.people import EVERYBODY
from tests.browser import county
from tests.browser.conftest import Visit
from tests.browser.county import AGREE, IN_WORDS, NEXT_PICTURE, REFUSE, SIGN_IN, digits, fill_in, sign_in, to_consent
from tests.browser.demo import Demo
from tests.browser.keyboard import Keyboard
from tests.browser.walking import MAIN_BUTTON, THREE_KINDS, agree_to_all, give_password, lets_in, wait_until_open


def to_county(page: Page, demo: Demo, code: str = "kl") -> None:
    page.goto(f"{demo.portal}/counties/{code}/")
    expect(page.locator(SIGN_IN)).to_be_visible()


def test_a_teacher_comes_by_her_county_and_gets_an_account_in_chinese(visit: Visit, demo: Demo) -> None:
    page = visit("zh-TW")
    page.goto(f"{demo.portal}/signed-out/")
    page.get_by_role("link", name="選擇您的縣市").click()
    expect(page.locator("h1")).to_have_text("選擇您的縣市")
    page.get_by_role("searchbox").fill("基隆")
    page.get_by_role("link", name="基隆市").click()

    expect(page.locator("header")).to_contain_text("基隆市 OpenID 帳號登入")
    page.get_by_label("帳號").fill("aa1234")
    page.get_by_label("密碼").fill("harbour-teacher")
    page.get_by_label("圖中的四個數字").fill(digits(page))
    page.get_by_role("button", name="登入 Sign in").click()

    expect(page.locator("main li")).to_contain_text(["檢視您的網路認證資料", "檢視您的個人資料交換內容"])
    page.get_by_role("button", name="同意授權").click()

    expect(page.locator("h1")).to_have_text("周雅婷，您好")
    for fact in ("aa1234", "教職員工"):
        expect(page.locator("dl.facts")).to_contain_text(fact)
    page.get_by_role("article", name="教育雲端帳號").get_by_role("link", name="申請").click()
    page.get_by_role("button", name="同意，繼續").click()
    expect(page.locator("h1")).to_have_text("即將為您建立教育雲端帳號")
    expect(page.locator("main .address.big")).to_have_text("aa1234.kl@mail.edu.tw")
    page.locator("section button[form=take]").click()

    page.get_by_label("信箱新密碼", exact=True).fill(THREE_KINDS)
    page.get_by_label("新密碼確認").fill(THREE_KINDS)
    page.get_by_role("button", name="建立新帳號").click()
    assert wait_until_open(page) == "aa1234.kl@mail.edu.tw"
    assert lets_in(demo, "aa1234.kl@mail.edu.tw", THREE_KINDS)

    # The county knows them still, and asks for consent only; the portal knows its account.
    page.get_by_role("button", name="登出").first.click()
    page.goto(f"{demo.portal}/counties/")
    expect(page.locator("[data-counties] li").first).to_have_text("基隆市")
    page.get_by_role("link", name="基隆市").click()
    page.get_by_role("button", name="同意授權").click()
    expect(page.locator("main")).to_contain_text("aa1234.kl@mail.edu.tw")


def test_somebody_else_of_the_same_account_elsewhere_gets_another_in_english(visit: Visit, demo: Demo) -> None:
    page = visit("en-US")
    page.goto(f"{demo.portal}/signed-out/")
    page.get_by_role("link", name="Choose your county or city").click()
    page.get_by_role("link", name="Hsinchu City").click()
    expect(page.locator("header")).to_contain_text("Hsinchu City")
    fill_in(page, EVERYBODY["hc:aa1234"])
    page.get_by_label("The four digits in the picture").fill(digits(page))
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name=re.compile("Agree$")).click()
    expect(page.locator("h1")).to_contain_text("鄭家豪")
    agree_to_all(page, demo, "edu")
    expect(page.locator("main .address.big")).to_have_text("aa1234.hc@mail.edu.tw")
    page.locator("section button[form=take]").click()
    give_password(page, THREE_KINDS)
    assert wait_until_open(page) == "aa1234.hc@mail.edu.tw"


def test_the_whole_way_in_works_with_the_keyboard_alone(visit: Visit, demo: Demo) -> None:
    page = visit("zh-TW")
    keys = Keyboard(page)
    page.goto(f"{demo.portal}/counties/")
    keys.tab_to(page.get_by_role("searchbox"))
    page.keyboard.type("keelung")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="基隆市")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(SIGN_IN)).to_be_visible()
    keys.skip_to_main()
    keys.tab_to(page.locator("#account"))
    page.keyboard.type("ff9753")
    keys.press(page.locator(IN_WORDS), "Enter")
    expect(page.locator("#account")).to_have_value("ff9753")
    keys.tab_to(page.locator("#password"))
    page.keyboard.type("harbour-second")
    keys.tab_to(page.locator("#code"))
    page.keyboard.type(county.sum_in_words(page))
    page.keyboard.press("Enter")  # the first button is the one that signs in
    keys.press(page.locator(AGREE), "Enter")
    expect(page.locator("h1")).to_have_text("陳怡君，您好")


def test_the_whole_way_in_works_without_script(visit: Visit, demo: Demo) -> None:
    page = visit(java_script_enabled=False)
    page.goto(f"{demo.portal}/counties/")
    page.get_by_role("link", name="新竹市").click()
    fill_in(page, EVERYBODY["hc:gg8024"])
    page.locator("#code").fill(digits(page))
    page.locator(SIGN_IN).click()
    page.locator(AGREE).click()
    expect(page.locator("h1")).to_have_text("游淑惠，您好")


def test_refusing_consent_leads_back_with_a_way_to_try_again(visit: Visit, demo: Demo) -> None:
    page = visit("zh-TW")
    to_consent(page, demo, "kl:ff9753")
    page.locator(REFUSE).click()
    expect(page.locator("h1")).to_have_text("您尚未登入")
    expect(page.locator("main")).to_contain_text("access-denied")
    page.locator("main a.button").click()
    page.locator(AGREE).click()
    expect(page.locator("h1")).to_have_text("陳怡君，您好")


def test_a_wrong_code_keeps_the_account_and_asks_anew(visit: Visit, demo: Demo) -> None:
    page = visit()
    to_county(page, demo)
    fill_in(page, EVERYBODY["kl:ff9753"])
    right = digits(page)
    page.locator("#code").fill(f"{(int(right) + 1) % 10000:04}")
    page.locator(SIGN_IN).click()
    expect(page.get_by_role("alert")).to_contain_text("驗證碼不正確")
    expect(page.locator("#account")).to_have_value("ff9753")
    expect(page.locator("#password")).to_have_value("")
    page.locator("#password").fill("harbour-second")
    page.locator("#code").fill(digits(page))
    page.locator(SIGN_IN).click()
    expect(page.locator(AGREE)).to_be_visible()


def test_the_next_picture_is_another_one_and_only_it_counts(visit: Visit, demo: Demo) -> None:
    page = visit()
    to_county(page, demo)
    page.locator("#account").fill("ff9753")
    before = digits(page)
    page.locator(NEXT_PICTURE).click()
    expect(page.locator("#account")).to_have_value("ff9753")
    for _ in range(3):  # once in ten thousand times the next one is the same
        if digits(page) != before:
            break
        page.locator(NEXT_PICTURE).click()
    page.locator("#password").fill("harbour-second")
    page.locator("#code").fill(before)
    page.locator(SIGN_IN).click()
    expect(page.get_by_role("alert")).to_contain_text("驗證碼不正確")


def test_a_wrong_password_says_where_the_right_one_stands(visit: Visit, demo: Demo) -> None:
    page = visit()
    to_county(page, demo)
    page.locator("#account").fill("ff9753")
    page.locator("#password").fill("harbour-teacher")
    page.locator("#code").fill(digits(page))
    page.locator(SIGN_IN).click()
    expect(page.get_by_role("alert")).to_contain_text("帳號或密碼不正確")
    page.get_by_role("link", name="試用的帳號與密碼").click()
    expect(page.locator("main")).to_contain_text("harbour-second")


def test_another_account_can_be_taken_on_the_page_of_consent(visit: Visit, demo: Demo) -> None:
    page = visit()
    to_consent(page, demo, "kl:dd1357")
    expect(page.locator("main")).to_contain_text("dd1357")
    page.get_by_role("button", name="換一個帳號").click()
    fill_in(page, EVERYBODY["kl:ff9753"])
    page.locator("#code").fill(digits(page))
    page.locator(SIGN_IN).click()
    page.locator(AGREE).click()
    expect(page.locator("h1")).to_have_text("陳怡君，您好")


def test_somebody_without_an_email_address_comes_in_all_the_same(visit: Visit, demo: Demo) -> None:
    page = visit()
    sign_in(page, demo, "kl:cc2468")
    expect(page.locator("h1")).to_have_text("郭志明，您好")
    agree_to_all(page, demo, "edu")
    expect(page.locator("main .address.big")).to_have_text("cc2468.kl@mail.edu.tw")


def test_somebody_without_a_name_is_told_who_can_help(visit: Visit, demo: Demo) -> None:
    page = visit()
    sign_in(page, demo, "kl:dd1357")
    expect(page.locator("h1")).to_have_text("您的縣市沒有提供您的姓名")
    expect(page.locator("main")).to_contain_text("no-name")
    page.goto(f"{demo.portal}/")
    expect(page).to_have_url(f"{demo.portal}/signed-out/?next=/")


def test_somebody_whose_title_gives_no_right_is_told_so(visit: Visit, demo: Demo) -> None:
    page = visit()
    sign_in(page, demo, "kl:ee8642")
    expect(page.locator("h1")).to_have_text("許文雄，您好")
    page.get_by_role("article", name="教育雲端帳號").get_by_role("link").click()
    expect(page.locator("h1")).to_have_text("您目前無法申請「教育雲端帳號」")
    expect(page.locator("main")).to_contain_text("退休教師")
    expect(page.locator("main")).to_contain_text("教師、學生")
    expect(page.locator(MAIN_BUTTON)).to_have_count(0)
