"""Forwarding and the automatic reply as people meet them, on the demo with a real mail server."""

import hashlib
import imaplib
import os
import re
import shutil
import smtplib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visit
from tests.browser.demo import Demo, running, worker_stopped
from tests.browser.keyboard import Keyboard
from tests.browser.looking import english, faults
from tests.browser.test_contacts import link_to
from tests.browser.walking import MAIN_BUTTON, PASSWORD, apply, sign_in, wait_until_open
from tests.mailserver import missing_packages
from tests.servers import free_port
from tests.services.running_demo import until

OWNER, FRIEND = "z88010", "z88009"
OUTSIDE = "hm.wang@example.com"


@dataclass(frozen=True)
class Mail:
    """Where the demo's Dovecot and Postfix listen, and the mailboxes that are open there."""

    imap: int
    smtp: int
    owner: str
    friend: str

    def send(self, subject: str, sender: str = "colleague@example.org") -> None:
        with smtplib.SMTP("127.0.0.1", self.smtp) as smtp:
            head = f"From: {sender}\r\nTo: {self.owner}\r\nSubject: {subject}\r\n"
            smtp.sendmail(sender, [self.owner], f"{head}\r\nHello.\r\n")

    def has(self, address: str, text: str) -> bool:
        with closing(imaplib.IMAP4("127.0.0.1", self.imap)) as client:
            client.login(address, PASSWORD)
            client.select()
            return text in str(client.fetch("1:*", "(BODY[])")[1])


@pytest.fixture(scope="module")
def ports() -> dict[str, int]:
    return {name: free_port() for name in ("IMAP_PORT", "POP3_PORT", "SMTP_PORT", "SUBMISSION_PORT")}


@pytest.fixture(scope="module")
def demo(chromium: Browser, tmp_path_factory: pytest.TempPathFactory, ports: dict[str, int]) -> Iterator[Demo]:
    """A demo of its own: the usual one has the embedded store, which cannot forward."""
    if os.getuid() or missing_packages():
        pytest.skip(f"needs root, for Postfix; packages missing: {missing_packages() or 'none'}")
    var = tmp_path_factory.mktemp("dovecot")
    try:
        with running(var, "--dovecot", **ports) as demo:
            yield demo
    finally:
        kept = f"portal-demo-{hashlib.sha256(bytes(var)).hexdigest()[:8]}"
        shutil.rmtree(Path("/var/lib") / kept, ignore_errors=True)


@pytest.fixture(scope="module")
def mail(chromium: Browser, demo: Demo, ports: dict[str, int]) -> Mail:
    addresses = []
    for number, locale in ((OWNER, "en-US"), (FRIEND, "zh-TW")):
        context = chromium.new_context(locale=locale)
        page = context.new_page()
        sign_in(page, demo, number)
        apply(page, demo, "mx")
        addresses.append(wait_until_open(page).replace("\n", ""))
        context.close()
    return Mail(ports["IMAP_PORT"], ports["SMTP_PORT"], *addresses)


def forwarding(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.portal}/mail/mx/forwarding/")


def add(page: Page, target: str) -> None:
    page.locator("#id_target").fill(target)
    page.locator("form[action$='/add/'] button").click()


def test_letters_go_on_once_the_other_side_has_agreed(visit: Visit, demo: Demo, mail: Mail) -> None:
    page = visit("en-US")
    sign_in(page, demo, OWNER)
    page.goto(f"{demo.portal}/mail/mx/")
    page.get_by_role("link", name="Change the forwarding").click()
    assert faults(page) == []
    add(page, mail.owner.upper())
    expect(page.get_by_role("alert")).to_contain_text("This is the mailbox itself.")
    assert faults(page) == []
    add(page, mail.friend)
    expect(page.locator(".forwards")).to_contain_text("Not confirmed yet")
    expect(page.locator("main")).to_contain_text("no address has been confirmed. All letters stay here.")
    assert faults(page) == []
    mail.send("before")
    assert until(lambda: mail.has(mail.owner, "before"))

    reader = visit("zh-TW")  # nobody is signed in there
    reader.goto(link_to(reader, demo, mail.friend, leads="/forward/"))
    assert english(reader) == []
    assert faults(reader) == []
    with worker_stopped(demo):
        reader.locator(MAIN_BUTTON).click()
        expect(reader.locator(".notice.good")).to_be_visible()
        assert faults(reader) == []
        forwarding(page, demo)
        expect(page.locator("main")).to_contain_text("The change is on its way to the mail server.")
    expect(page.locator("[data-live], .notice.good").first).to_contain_text("The mail server has it so since")
    mail.send("after")
    assert until(lambda: mail.has(mail.friend, "after") and mail.has(mail.owner, "after"))
    assert not mail.has(mail.friend, "before")

    page.goto(f"{demo.portal}/mail/mx/box/forwarding/")
    expect(page.locator("main")).to_contain_text("Forwarding is on, and a copy stays here.")
    expect(page.locator("main")).to_contain_text("Your own filter on the mail server forwards nothing.")
    assert faults(page) == []


def test_the_page_can_be_used_without_a_mouse(visit: Visit, demo: Demo, mail: Mail) -> None:
    page = visit("en-US")
    sign_in(page, demo, OWNER)
    forwarding(page, demo)
    keyboard = Keyboard(page)
    keyboard.tab_to(page.locator("#id_target"))
    page.keyboard.type(OUTSIDE)
    page.keyboard.press("Enter")
    expect(page.locator(".forwards")).to_contain_text(OUTSIDE)
    keyboard.press(page.locator(".forwards li:last-child form[action$='/remove/'] button"), "Enter")
    expect(page.locator(".forwards")).not_to_contain_text(OUTSIDE)


def test_who_says_no_is_not_asked_again(visit: Visit, demo: Demo, mail: Mail) -> None:
    page = visit("en-US", java_script_enabled=False)
    sign_in(page, demo, OWNER)
    forwarding(page, demo)
    add(page, "declines@example.com")
    reader = visit("en-US")
    reader.goto(link_to(reader, demo, "declines@example.com", leads="/forward/"))
    reader.get_by_role("button", name="No, and do not ask me again").click()
    expect(reader.locator("h1")).to_have_text("No letters will come")
    assert faults(reader) == []
    reader.go_back()
    reader.reload()
    expect(reader.locator("h1")).to_have_text("This link leads to nothing any more")
    forwarding(page, demo)
    expect(page.locator("main")).to_contain_text("wants no letters from your mailbox: declines@example.com")
    add(page, "declines@example.com")
    expect(page.locator("#id_target_error")).to_contain_text("they want no letters from your mailbox")


def test_an_automatic_reply_is_switched_on_and_off(visit: Visit, demo: Demo, mail: Mail) -> None:
    page = visit("en-US")
    sign_in(page, demo, OWNER)
    page.goto(f"{demo.portal}/mail/mx/vacation/")
    assert faults(page) == []
    page.get_by_label("Last day").fill("2020-01-01")
    page.get_by_role("button", name="Save and switch on").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose the first day.")
    assert faults(page) == []
    page.get_by_label("First day").fill(str(date.today() - timedelta(days=1)))
    page.get_by_label("Last day").fill(str(date.today() + timedelta(days=1)))
    page.get_by_label("Subject").fill("Away")
    page.get_by_label("Text").fill("Back on Monday.\nReally.")
    page.get_by_role("button", name="Save and switch on").click()
    expect(page.locator(".notice.good")).to_contain_text("The mail server has it so since")
    mail.send("hello", sender=mail.friend)
    assert until(lambda: mail.has(mail.friend, "Back on Monday."))
    page.get_by_role("button", name="Switch off").click()
    expect(page.locator("main .state")).to_have_text("Off")
    expect(page.get_by_label("Text")).to_have_value("Back on Monday.\nReally.")


@pytest.mark.parametrize("path", ["forwarding/", "vacation/", "box/forwarding/"])
def test_in_chinese_every_sentence_is_chinese(visit: Visit, demo: Demo, mail: Mail, path: str) -> None:
    page = visit("zh-TW")
    sign_in(page, demo, FRIEND)
    page.goto(f"{demo.portal}/mail/mx/{path}")
    expect(page.locator("main").locator("h1:not(.address), h2").first).to_have_text(re.compile(r"^[\u4e00-\u9fff]+$"))
    assert english(page) == []
    assert faults(page) == []
