import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import SignedIn, Visit
from tests.browser.demo import Demo
from tests.browser.looking import english, faults


def open_for_applications(page: Page, demo: Demo, service: str, *, is_open: bool) -> None:
    page.goto(f"{demo.portal}/admin/mailboxes/mailservice/")
    page.locator("#result_list").get_by_role("link", name=re.compile(service)).click()
    page.locator("#id_is_open").set_checked(is_open)
    page.locator("input[name=_save]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()


def test_an_administrator_closes_a_service_and_whoever_wants_it_is_told_so(
    visit: Visit, demo: Demo, signed_in: SignedIn
) -> None:
    admin = visit("en-US")
    admin.goto(f"{demo.portal}/admin/")
    expect(admin.locator("h1")).to_have_text("Administrators’ sign-in")
    admin.get_by_label("User name").fill("admin")
    admin.get_by_label("Password").fill((demo.var / "demo" / "admin-password.txt").read_text().strip())
    admin.get_by_role("main").get_by_role("button", name="Sign in").click()
    open_for_applications(admin, demo, "gapp", is_open=False)

    page = visit("zh-TW", storage_state=signed_in("z88009"))
    page.goto(f"{demo.portal}/")
    expect(page.get_by_role("article", name="gapp 信箱")).to_contain_text("暫停受理申請")
    page.goto(f"{demo.portal}/mail/gapp/apply/")
    expect(page.locator("h1")).to_contain_text("gapp 信箱")
    expect(page.locator("main")).to_contain_text("closed")
    assert faults(page) == []
    assert english(page) == []

    open_for_applications(admin, demo, "gapp", is_open=True)
    page.goto(f"{demo.portal}/mail/gapp/apply/")
    expect(page.locator("h1")).to_have_text("校園網路使用規範")
