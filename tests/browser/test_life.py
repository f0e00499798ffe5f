"""An owner switches a mailbox off and on and wants it closed; an administrator suspends it and lifts that."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignedIn, Visit
from tests.browser.demo import Demo
from tests.browser.looking import NARROWEST, TOO_WIDE, english, faults
from tests.browser.staff import administrator
from tests.browser.walking import THREE_KINDS, apply, wait_until_open

OWNER = "z88014"  # of whom no other test wants gapp
BOX = "/mail/gapp/"


@pytest.fixture
def owner(visit: Visit, demo: Demo, signed_in: SignedIn) -> Page:
    """On the page of their mailbox, in Chinese; made by the first test that wants it."""
    page = visit(storage_state=signed_in(OWNER))
    page.goto(f"{demo.portal}{BOX}")
    if page.locator("[data-box]").count() == 0:
        apply(page, demo, "gapp", THREE_KINDS)
        wait_until_open(page)
        page.goto(f"{demo.portal}{BOX}")
    return page


def looked_at(page: Page) -> None:
    size = page.viewport_size
    assert faults(page) == []
    assert english(page) == []
    assert size
    page.set_viewport_size(size)


def test_an_owner_switches_off_and_on_and_closes_and_takes_it_back(owner: Page, demo: Demo) -> None:
    owner.get_by_role("link", name="停用我的信箱").click()
    looked_at(owner)
    owner.locator("main .button.danger").click()
    expect(owner.locator("main .notice.bad")).to_contain_text("您自己停用了這個信箱。")
    looked_at(owner)
    owner.goto(f"{demo.portal}/")
    expect(owner.get_by_role("article", name="gapp 信箱")).to_contain_text("使用者自己要求")
    looked_at(owner)
    owner.goto(f"{demo.portal}{BOX}")
    owner.get_by_role("button", name="重新啟用").click()
    expect(owner.locator("main .state").first).to_have_text("使用中")

    owner.get_by_role("link", name="永久關閉我的信箱").click()
    looked_at(owner)
    address = owner.locator("main .address.big").inner_text()
    owner.locator("#id_typed").fill("好")
    owner.locator("main form .button.danger").click()
    expect(owner.locator("#errors")).to_contain_text("這是別的地址")
    looked_at(owner)
    owner.locator("#id_typed").fill(address)
    owner.locator("main form .button.danger").click()
    expect(owner.locator("main .notice.warn")).to_contain_text("永久關閉")
    looked_at(owner)
    owner.get_by_role("button", name=re.compile("收回")).click()
    expect(owner.locator("main .state").first).to_have_text("使用中")


def test_an_administrator_suspends_lifts_closes_and_opens_again(
    owner: Page, visit: Visit, demo: Demo, signed_in: SignedIn
) -> None:
    address = owner.locator("main .address.big").inner_text()
    admin = administrator(visit, signed_in, demo, "en-US")
    admin.goto(f"{demo.portal}/admin/mailboxes/mailbox/?q={address.partition('@')[0]}")
    admin.locator("#result_list tr", has_text=address).locator("th a").click()
    assert narrow(admin) == []
    admin.locator("button[value=suspend]").click()
    expect(admin.locator(".errornote")).to_contain_text("Write a reason")
    admin.locator("#id_suspend_reason").fill("來自遠方的登入。")
    admin.locator("button[value=suspend]").click()
    expect(admin.locator(".messagelist .success")).to_contain_text("is suspended")
    assert narrow(admin) == []

    owner.reload()
    expect(owner.locator("main .notice.bad")).to_contain_text("來自遠方的登入。")
    looked_at(owner)

    admin.locator("button[value=lift]").click()
    expect(admin.locator(".errornote")).to_contain_text("no new password since")
    admin.locator("#id_lift_anyway").check()
    admin.locator("button[value=lift]").click()
    expect(admin.locator(".messagelist .success")).to_contain_text("is lifted")
    owner.reload()
    expect(owner.locator("main .state").first).to_have_text("使用中")

    admin.locator("#id_close_reason").fill("重複申請。")
    admin.locator("button[value=close]").click()
    expect(admin.locator(".messagelist .success")).to_contain_text("is closed")
    owner.reload()
    expect(owner.locator("h1")).to_have_text("這個信箱已關閉")
    looked_at(owner)
    admin.locator("button[value=reopen]").click()
    expect(admin.locator(".messagelist .success")).to_contain_text("is open again")

    admin.goto(f"{demo.portal}/admin/mailboxes/mailbox/")
    admin.locator("#result_list tr", has_text=address).locator("input[type=checkbox]").check()
    admin.locator("select[name=action]").select_option("suspend_selected")
    admin.locator("button[name=index]").click()
    expect(admin.locator("#content")).to_contain_text("Something would happen to 1 of them.")
    assert narrow(admin) == []
    admin.get_by_role("link", name="Back, and change nothing").click()
    owner.reload()
    expect(owner.locator("main .state").first).to_have_text("使用中")


def narrow(page: Page) -> list[str]:
    """What is wider than a very narrow screen."""
    size = page.viewport_size
    page.set_viewport_size({"width": NARROWEST[0], "height": NARROWEST[1]})
    found: list[str] = page.evaluate(TOO_WIDE)
    assert size
    page.set_viewport_size(size)
    return found
