"""The README's pictures, made again: python -m tests.browser.pictures"""

import contextlib
import imaplib
import re
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from tests.browser import county, staff
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.browser.demo import ROOT, Demo, running
from tests.browser.walking import MAIN_BUTTON, PASSWORD, agree_to_all, give_password, to_campus_link, wait_until_open
from tests.servers import free_port

FOLDER = ROOT / "docs" / "pictures"
GOOD_PASSWORD = "river-lantern"  # of GOOD strength, not STRONG
WIDTH = 1180
LARGEST = 150_000  # octets


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    ports = {name: free_port() for name in ("IMAP_PORT", "POP3_PORT", "SMTP_PORT", "SUBMISSION_PORT")}
    with (
        tempfile.TemporaryDirectory() as var,
        running(Path(var), "--dovecot", **ports) as demo,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(
            locale="zh-TW", timezone_id="Asia/Taipei", color_scheme="light", viewport={"width": WIDTH, "height": 800}
        )
        walk(page, demo, imap_port=ports["IMAP_PORT"])
        browser.close()


def walk(page: Page, demo: Demo, *, imap_port: int) -> None:
    to_campus_link(page, demo, "z99999")
    expect(page.locator("#left")).to_be_visible()
    picture(page, "1-campus-link", height=660)

    page.locator("#fresh button").click()
    expect(page.locator("h1")).to_contain_text("王小明")
    agree_to_all(page, demo, "mx")
    page.get_by_role("radio", name=re.compile("^hsiaoming@")).check()
    picture(page, "2-choosing-a-name", height=860)

    page.locator(MAIN_BUTTON).click()
    page.locator("#id_password").fill(GOOD_PASSWORD)
    expect(page.locator(".meter")).to_have_attribute("data-score", "3")
    picture(page, "3-password", height=1000)

    give_password(page, PASSWORD)
    address = wait_until_open(page).replace("\u200b", "")
    for password in ("somebody-else", PASSWORD):
        with contextlib.suppress(imaplib.IMAP4.error), imaplib.IMAP4("127.0.0.1", imap_port) as program:
            program.login(address, password)
    page.wait_for_timeout(1000)  # Dovecot tells of it, and the portal writes it down
    page.goto(f"{demo.portal}/mail/mx/")
    expect(page.locator("[data-boxes-status]")).not_to_be_empty()  # every box has come
    picture(page, "4-mailbox", height=1380)
    top = page.locator(".box-forwarding").evaluate("box => box.getBoundingClientRect().top + scrollY - 20")
    picture(page, "7-mailbox-below", height=1380, top=top)
    page.goto(f"{demo.portal}/mail/mx/log/")
    picture(page, "8-log", height=760)

    page.context.clear_cookies()
    staff.sign_in(page, demo)
    page.goto(f"{demo.portal}/admin/mailboxes/helpdeskcase/?q=z99999")
    page.locator("a[href$='/why/']").first.click()
    expect(page.locator(".answers").first).to_be_visible()
    picture(page, "9-helpdesk", height=900)
    page.goto(f"{demo.portal}/admin/accounts/auditevent/")
    picture(page, "10-events", height=760)

    page.context.clear_cookies()
    page.goto(f"{demo.portal}/counties/")
    picture(page, "5-county", height=560)

    county.sign_in(page, demo, "kl:aa1234")
    agree_to_all(page, demo, "edu")
    page.locator("details.card summary").click()
    page.locator("#id_name").fill("chouyating")
    expect(page.locator("#id_name_error.good")).to_be_visible()
    picture(page, "6-typed-name", height=1120)


def picture(page: Page, name: str, *, height: int, top: float = 0) -> None:
    file = FOLDER / f"{name}.png"
    page.set_viewport_size({"width": WIDTH, "height": height})
    page.evaluate("top => scrollTo(0, top)", top)
    page.screenshot(path=file)
    assert file.stat().st_size <= LARGEST, f"{file} is too large for the README"


if __name__ == "__main__":
    main()
