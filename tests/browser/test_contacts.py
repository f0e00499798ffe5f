"""Contact addresses as people meet them: the letter that the demo shows, the link in it, and the backup e-mail."""

import re

from playwright.sync_api import Page, expect

from tests.browser import county
from tests.browser.conftest import SignedIn, Visit
from tests.browser.demo import Demo
from tests.browser.keyboard import Keyboard
from tests.browser.looking import english, faults
from tests.browser.walking import MAIN_BUTTON, THREE_KINDS, agree_to_all, give_password, wait_until_open


def link_to(page: Page, demo: Demo, address: str, leads: str = "/confirm/") -> str:
    """The link in a letter to that address, as the campus's page of letters shows it."""
    page.goto(f"{demo.campus}/letters/")
    link = page.locator("details", has=page.locator("summary", has_text=address)).locator(f"a[href*='{leads}?link=']")
    for _ in range(100):  # a second, where the machine is not busy
        if link.count():
            break
        page.wait_for_timeout(200)
        page.reload()
    return link.first.get_attribute("href") or ""


def add(page: Page, demo: Demo, address: str) -> None:
    page.goto(f"{demo.portal}/configure/contacts/")
    page.locator("#id_address").fill(address)
    page.get_by_role("button", name=re.compile("link|連結")).click()


def confirm(page: Page, demo: Demo, address: str) -> None:
    page.goto(link_to(page, demo, address))
    page.locator(MAIN_BUTTON).click()
    expect(page.locator("main .address.big")).to_have_text(address)


def test_an_address_is_added_confirmed_removed_and_brought_back(visit: Visit, demo: Demo, signed_in: SignedIn) -> None:
    page = visit("en-US", storage_state=signed_in("z88009"))
    page.goto(f"{demo.portal}/configure/")
    page.get_by_role("link", name="Add a contact address").click()
    assert faults(page) == []
    add(page, demo, "nonsense")
    expect(page.get_by_role("alert")).to_contain_text("This is not a mail address.")
    assert faults(page) == []
    add(page, demo, "lin@home.example")
    expect(page.locator("main table")).to_contain_text("Not confirmed yet")
    assert faults(page) == []

    page.goto(link_to(page, demo, "lin@home.example"))
    expect(page.locator("h1")).to_have_text("Is this your address?")
    assert faults(page) == []
    page.locator(MAIN_BUTTON).click()
    expect(page.locator("h1")).to_have_text("The address is confirmed")
    page.goto(f"{demo.portal}/configure/")
    expect(page.locator("main table").first).to_contain_text("Confirmed")
    assert faults(page) == []

    page.get_by_role("link", name=re.compile("^Remove")).click()
    assert faults(page) == []
    page.locator(MAIN_BUTTON).click()
    expect(page.locator("main")).to_contain_text("None yet.")
    stranger = visit("en-US")  # the old address undoes it, whoever is signed in
    stranger.goto(link_to(stranger, demo, "lin@home.example", leads="/undo-removed/"))
    expect(stranger.locator("h1")).to_have_text("Bring this contact address back?")
    assert faults(stranger) == []
    stranger.locator(MAIN_BUTTON).click()
    expect(stranger.locator("h1")).to_have_text("The change is undone")
    page.reload()
    expect(page.locator("main table")).to_contain_text("lin@home.example")


def test_it_works_without_script_and_with_the_keyboard_alone(visit: Visit, demo: Demo, signed_in: SignedIn) -> None:
    page = visit(java_script_enabled=False, storage_state=signed_in("z88010"))
    add(page, demo, "keys@home.example")
    page.goto(link_to(page, demo, "keys@home.example"))
    keys = Keyboard(page)
    keys.press(page.locator(MAIN_BUTTON), "Enter")
    expect(page.locator("main .address.big")).to_have_text("keys@home.example")


def test_every_page_of_it_reads_in_chinese(visit: Visit, demo: Demo, signed_in: SignedIn) -> None:
    page = visit(storage_state=signed_in("z88003"))
    add(page, demo, "zh@home.example")
    assert english(page) == []
    page.goto(link_to(page, demo, "zh@home.example"))
    assert english(page) == []
    page.goto(f"{demo.portal}/configure/contacts/")
    page.locator("a[href$='/remove/']").click()
    assert english(page) == []


def test_the_letters_page_of_the_demo_is_for_everybody(visit: Visit, demo: Demo) -> None:
    page = visit()
    page.goto(f"{demo.campus}/letters/")
    assert faults(page) == []


def test_a_backup_email_is_asked_for_twice_and_confirmed_by_its_letter(visit: Visit, demo: Demo) -> None:
    page = visit("en-US")
    county.sign_in(page, demo, "hc:kk2581")
    agree_to_all(page, demo, "edu")
    page.locator("section button[form=take]").click()
    page.wait_for_url("**/password/")
    page.locator("#id_backup_email").fill("kk2581@home.example")
    page.locator("#id_backup_email_again").fill("other@home.example")
    give_password(page, THREE_KINDS)
    expect(page.get_by_role("alert")).to_contain_text("The two backup addresses are not the same.")
    expect(page.locator("#id_backup_email")).to_have_value("kk2581@home.example")
    assert faults(page) == []
    page.locator("#id_backup_email_again").fill("kk2581@home.example")
    give_password(page, THREE_KINDS)
    assert wait_until_open(page) == "kk2581.hc@mail.edu.tw"
    confirm(page, demo, "kk2581@home.example")
    page.goto(f"{demo.portal}/configure/")
    expect(page.locator("main table").first).to_contain_text("Confirmed")
