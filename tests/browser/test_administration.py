import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, expect

from tests.browser.conftest import SignedIn, Visit
from tests.browser.demo import Demo
from tests.browser.looking import english, faults


def set_open(admin: Page, demo: Demo, service: str, *, is_open: bool) -> None:
    admin.goto(f"{demo.portal}/admin/mailboxes/mailservice/")
    admin.locator("#result_list").get_by_role("link", name=re.compile(service)).click()
    admin.locator("#id_is_open").set_checked(is_open)
    admin.locator("input[name=_save]").click()
    expect(admin.locator(".messagelist .success")).to_be_visible()


@contextmanager
def closed(admin: Page, demo: Demo, service: str) -> Iterator[None]:
    set_open(admin, demo, service, is_open=False)
    try:
        yield
    finally:
        set_open(admin, demo, service, is_open=True)


def test_an_administrator_closes_a_service_and_whoever_wants_it_is_told_so(
    visit: Visit, demo: Demo, signed_in: SignedIn
) -> None:
    admin = visit("en-US", storage_state=signed_in("staff:admin"))

    page = visit("zh-TW", storage_state=signed_in("z88009"))
    with closed(admin, demo, "gapp"):
        page.goto(f"{demo.portal}/")
        expect(page.get_by_role("article", name="gapp 信箱")).to_contain_text("目前不開放申請")
        page.goto(f"{demo.portal}/mail/gapp/apply/")
        expect(page.locator("h1")).to_contain_text("gapp 信箱")
        expect(page.locator("main")).to_contain_text("closed")
        assert faults(page) == []
        assert english(page) == []
    page.goto(f"{demo.portal}/mail/gapp/apply/")
    expect(page.locator("h1")).to_have_text("校園網路使用規範")
