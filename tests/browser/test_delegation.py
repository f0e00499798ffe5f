"""Two people on a real mail server: one lets the other use folders, in both languages, by keyboard and on a telephone."""

import imaplib
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from urllib.parse import urlsplit

import _demomail
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visit
from tests.browser.demo import Demo, running
from tests.browser.keyboard import Keyboard
from tests.browser.looking import english, faults
from tests.browser.walking import PASSWORD, apply, sign_in, wait_until_open
from tests.mailserver import missing_packages
from tests.servers import free_port

GIVES, TAKES = "z88010", "z88009"
BOX, OFFER = "/mail/mx/box/delegation/", "/mail/mx/delegation/new/"
pytestmark = pytest.mark.skipif(bool(missing_packages()), reason=f"packages missing: {missing_packages()}")


@pytest.fixture(scope="session")
def ports() -> dict[str, str]:
    return {name: str(free_port()) for name in ("IMAP_PORT", "POP3_PORT", "SMTP_PORT", "SUBMISSION_PORT")}


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, ports: dict[str, str]) -> Iterator[Demo]:
    """One of its own, for the other has no mail server."""
    var = tmp_path_factory.mktemp("dovecot")
    try:
        with running(var, "--dovecot", **ports) as demo:
            yield demo
    finally:
        shutil.rmtree(_demomail.place(var), ignore_errors=True)  # root's letters lie outside of the folder


@pytest.fixture(scope="session")
def addresses(chromium: Browser, demo: Demo) -> dict[str, str]:
    """Both have a mailbox of the same service."""
    found = {}
    for number in (GIVES, TAKES):
        page = chromium.new_context(locale="en-US").new_page()
        sign_in(page, demo, number)
        apply(page, demo, "mx")
        found[number] = wait_until_open(page)
        page.context.close()
    return found


def fill(page: Page, address: str) -> None:
    page.get_by_label("Inbox").check()
    page.get_by_label("Address of the other person").fill(address)
    page.get_by_label("Last day").fill(f"{date.today() + timedelta(days=30):%Y-%m-%d}")
    page.get_by_label("Reason").fill("I am abroad")


def reads(ports: dict[str, str], addresses: dict[str, str]) -> bool:
    """Whether the delegate's mail program opens the owner's inbox."""
    with imaplib.IMAP4("127.0.0.1", int(ports["IMAP_PORT"])) as program:
        program.login(addresses[TAKES], PASSWORD)
        return program.select(f'"shared/{addresses[GIVES]}/INBOX"', readonly=True)[0] == "OK"


def test_one_offers_the_other_accepts_and_either_ends_it(
    visit: Visit, demo: Demo, ports: dict[str, str], addresses: dict[str, str]
) -> None:
    owner, delegate = visit("en-US"), visit("zh-TW")
    sign_in(owner, demo, GIVES)
    sign_in(delegate, demo, TAKES)
    found = []

    owner.goto(f"{demo.portal}/mail/mx/")
    box = owner.locator(".box-delegation")
    expect(box).to_contain_text("Nobody else may use any folder of this mailbox.")
    expect(box).to_contain_text("The mail server has just what stands here.")
    box.get_by_role("link", name="Let somebody use folders").click()
    found += faults(owner)
    owner.get_by_role("button", name="Offer it").click()
    expect(owner.get_by_role("alert")).to_contain_text("Choose one folder or more.")
    owner.get_by_role("alert").get_by_role("link", name="Choose one folder or more.").click()
    expect(owner.locator("#id_folders")).to_be_focused()
    found += faults(owner)

    fill(owner, addresses[TAKES])
    Keyboard(owner).press(owner.get_by_role("button", name="Offer it"), "Enter")
    expect(owner.get_by_role("status")).to_contain_text("Nothing is open before the other person accepts.")
    found += faults(owner)
    here = urlsplit(owner.url).path

    delegate.goto(f"{demo.portal}{BOX}")
    delegate.locator(f"a[href='{here}']").click()
    expect(delegate.locator("main")).to_contain_text("I am abroad")
    found += faults(delegate)
    assert english(delegate) == []
    assert not reads(ports, addresses)
    Keyboard(delegate).press(delegate.locator("button[value=accept]"), "Enter")
    expect(delegate.locator("section .address")).to_have_text(f"shared/{addresses[GIVES]}")
    delegate.goto(f"{demo.portal}{BOX}")
    expect(delegate.locator(f"a[href='{here}']")).to_be_visible()
    found += faults(delegate)
    assert english(delegate) == []

    opened(owner)
    assert reads(ports, addresses)
    found += faults(owner)
    owner.goto(f"{demo.portal}{BOX}")
    expect(owner.locator("main")).to_contain_text("The mail server has just what stands here.")
    expect(owner.locator("td[data-label='Last used']")).not_to_have_text("not yet")
    found += faults(owner)
    assert found == []

    owner.goto(f"{demo.portal}{here}")
    owner.get_by_role("button", name="End it now").click()
    expect(owner.get_by_role("status")).to_contain_text("Ended on")
    closed(owner)
    assert not reads(ports, addresses)


def opened(page: Page) -> None:
    expect_on_reload(page, "The folders are open since")


def closed(page: Page) -> None:
    expect_on_reload(page, "The folders are closed.")


def expect_on_reload(page: Page, words: str) -> None:
    for _ in range(40):
        page.reload()
        if words in page.locator("main").inner_text():
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"never: {words}")
