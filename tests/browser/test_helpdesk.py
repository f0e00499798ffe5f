"""A day at the helpdesk: somebody telephones; they are found, known by their code, told why, and sent their letter again."""

import re

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignedIn, Visit
from tests.browser.demo import Demo
from tests.browser.looking import english, faults
from tests.browser.staff import administrator
from tests.browser.test_review import narrow

CALLER = "z88001"
NAME = "林玉蘭"
HELPDESK = "/admin/mailboxes/helpdeskcase/"
OURS = """() => axe.run("#content").then(
  ({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id} at ${target}`)))"""


def find(admin: Page, demo: Demo, words: str) -> None:
    admin.goto(f"{demo.portal}{HELPDESK}")
    admin.locator("#id_q").fill(words)
    admin.locator("#id_q").press("Enter")


def say(admin: Page, code: str) -> None:
    admin.locator("#id_code").fill(code)
    admin.locator("button[value=caller]").click()


def wrong(admin: Page) -> list[str]:
    """What is wrong with our part of a page of the administration; the rest is Django's."""
    admin.evaluate(AXE_SCRIPT)
    return [*admin.evaluate(OURS), *narrow(admin)]


@pytest.mark.parametrize("script", [True, False])
def test_somebody_telephones(visit: Visit, demo: Demo, signed_in: SignedIn, script: bool) -> None:
    caller = visit("zh-TW", storage_state=signed_in(CALLER), java_script_enabled=script)
    caller.goto(f"{demo.portal}/configure/contacts/")
    private = f"caller{int(script)}@home.example"
    caller.locator("#id_address").fill(private)
    caller.locator("#id_address").press("Enter")
    expect(caller.locator("main")).to_contain_text(private)
    caller.goto(f"{demo.portal}/contact/")
    caller.get_by_role("link", name="服務台核對代碼").click()
    expect(caller.locator("main")).to_contain_text("我們絕不會詢問您的密碼")

    admin = administrator(visit, signed_in, demo, "en-US", java_script_enabled=script)
    find(admin, demo, "lin yu-lan")
    expect(admin.locator("h1").last).to_contain_text(NAME)
    say(admin, "000 000")
    expect(admin.locator(".messagelist")).to_contain_text("The code is wrong")
    caller.reload()
    say(admin, caller.locator(".caller-code").inner_text())
    expect(admin.locator(".messagelist")).to_contain_text("The code is right")

    expect(admin.locator("#content")).to_contain_text(f"c…@{private.partition('@')[2]}")
    expect(admin.locator("#content")).not_to_contain_text(private)
    admin.locator("button[value=resend]").first.click()
    expect(admin.locator(".messagelist")).to_contain_text(re.compile("The letter is sent again|This letter still waits"))

    admin.get_by_role("link", name="Why can this person not").click()
    expect(admin.locator(".answers").first).to_contain_text("Account in the portal")
    expect(admin.locator(".answers .red").first).to_contain_text("In the way")  # retired people may not have gapp
    admin.get_by_role("link", name="Back to the person").click()
    admin.locator("#id_kind").select_option("office")
    admin.locator(".filters button").click()
    expect(admin.locator("#content")).to_contain_text("Helpdesk had it checked")


def test_a_reference_is_read_out_and_nobody_is_found(visit: Visit, demo: Demo, signed_in: SignedIn) -> None:
    admin = administrator(visit, signed_in, demo, "zh-TW")
    find(admin, demo, "H-0000000Z")
    expect(admin.locator("#content")).to_contain_text("查無此人")


@pytest.mark.parametrize("locale", ["zh-TW", "en-US"])
def test_nothing_is_wrong_with_its_pages(visit: Visit, demo: Demo, signed_in: SignedIn, locale: str) -> None:
    page = visit(locale, storage_state=signed_in(CALLER))
    page.goto(f"{demo.portal}/configure/helpdesk-code/")
    assert faults(page) == []
    if locale == "zh-TW":
        assert english(page) == []
    admin = administrator(visit, signed_in, demo, locale, bypass_csp=True)
    find(admin, demo, "nobody-at-all")
    assert wrong(admin) == []
    find(admin, demo, CALLER)
    assert wrong(admin) == []
    admin.locator("p.why a").click()
    assert wrong(admin) == []
