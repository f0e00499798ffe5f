"""The staff's sign-in: the first factor, a code without script, and a passkey of the browser."""

import time
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from demo.staff import code
from tests.browser import staff
from tests.browser.conftest import SignedIn, Visit
from tests.browser.demo import Demo
from tests.browser.looking import english, faults

PASSWORD = "copper-kettle-ninety-seals"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def make_account(admin: Page, demo: Demo, name: str) -> None:
    admin.goto(f"{demo.portal}/admin/accounts/staff/add/")
    admin.locator("#id_username").fill(name)
    admin.locator("#id_name").fill("林淑芬")
    admin.get_by_label("Auditor").check()
    admin.locator("#id_password").fill(PASSWORD)
    admin.locator("#id_password_again").fill(PASSWORD)
    admin.locator(".submit-row input").click()
    expect(admin.locator(".messagelist .success")).to_be_visible()


def give_password(page: Page, demo: Demo, name: str) -> None:
    page.goto(f"{demo.portal}/admin/")
    page.locator("#id_login").fill(name)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("main form .button").click()


@pytest.mark.parametrize("script", [True, False])
def test_a_new_auditor_sets_up_an_app_before_anything_else_opens(
    visit: Visit, demo: Demo, signed_in: SignedIn, script: bool
) -> None:
    name = f"lin{int(script)}"
    make_account(visit("en-US", storage_state=signed_in("staff:admin")), demo, name)
    page = visit("zh-TW", java_script_enabled=script)
    give_password(page, demo, name)
    page.wait_for_url("**/staff/factors/")
    page.goto(f"{demo.portal}/admin/accounts/person/")
    page.wait_for_url("**/staff/factors/")
    page.locator("a[href='/staff/factors/app/']").click()
    if script:
        assert faults(page) == []
    assert english(page) == []
    key = page.locator("form .address").inner_text()
    page.locator("#id_code").fill(code(key, time.time()))
    page.locator("main form .button").click()
    expect(page.locator(".codes li")).to_have_count(10)
    recovery = page.locator(".codes li").first.inner_text()
    page.locator("main .button").click()
    page.wait_for_url("**/admin/")
    expect(page.locator("#accounts-auditevent")).to_be_visible()
    assert page.request.get(f"{demo.portal}/admin/accounts/staff/add/").status == 403

    again = visit("zh-TW", java_script_enabled=script)
    give_password(again, demo, name)
    again.wait_for_url("**/second-step/")
    expect(again.locator("noscript")).to_have_count(1)
    assert english(again) == []
    again.locator("#id_code").fill(recovery)
    again.locator("main form .button").first.click()
    again.wait_for_url("**/admin/")


def test_a_passkey_is_added_and_signs_in(visit: Visit, demo: Demo) -> None:
    # A passkey belongs to a host name, and 127.0.0.1 is none.
    local = replace(demo, portal=demo.portal.replace("127.0.0.1", "localhost"))
    page = visit("en-US")
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    staff.sign_in(page, local, "helpdesk")
    page.get_by_role("link", name="Second factor").click()
    page.get_by_role("link", name="Add a passkey").click()
    page.locator("#id_name").fill("this very computer")
    assert faults(page) == []
    page.get_by_role("button", name="Go on with the device").click()
    page.wait_for_url("**/staff/factors/codes/")  # its first passkey comes with codes for the day it is lost
    page.goto(f"{local.portal}/staff/factors/")
    expect(page.locator("main")).to_contain_text("this very computer")
    page.get_by_role("button", name="Log out").click()

    staff.give_password(page, local, "helpdesk")
    assert faults(page) == []
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/admin/")
    expect(page.locator("#mailboxes-helpdeskcase")).to_be_visible()


def test_whose_passkey_is_not_taken_is_told_so(visit: Visit, demo: Demo) -> None:
    page = visit("en-US")
    staff.give_password(page, demo, "reviewer")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.locator("#key-failed")).to_be_visible()
    assert faults(page) == []
