"""The mailbox page: its boxes come by themselves, or by their links where no script runs."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.conftest import SignedIn, Visit
from tests.browser.demo import Demo
from tests.browser.keyboard import Keyboard
from tests.browser.looking import faults
from tests.browser.walking import apply, wait_until_open

OWNER = "z88001"
HOME = "/mail/mx/"
# What a page moved after it was shown, as browsers count it; 0.1 is the most that is called good.
SHIFTED = """() => new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) sum += entry.value; })
    .observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => setTimeout(() => done(sum), 100));
})"""


@pytest.fixture(scope="module")
def maildir(chromium: Browser, demo: Demo, signed_in: SignedIn) -> Iterator[Path]:
    """The folder of the owner's mailbox, with three letters in its trash."""
    page = chromium.new_context(locale="en-US", storage_state=signed_in(OWNER)).new_page()
    page.goto(f"{demo.portal}{HOME}")
    if "/mail/mx/" not in page.url or page.locator(".box").count() == 0:
        apply(page, demo, "mx")
        wait_until_open(page)
    page.goto(f"{demo.portal}{HOME}")
    name, _, domain = page.locator("h1").inner_text().partition("@")
    page.context.close()
    found = demo.var / "mail" / domain / name / "Maildir"
    fill_trash(found)
    yield found


def fill_trash(maildir: Path) -> None:
    for number in range(3):
        (maildir / ".Trash" / "cur" / f"{number}.old:2,S").write_bytes(b"x" * 1024)


def box(page: Page, name: str) -> Locator:
    return page.locator(f".box-{name}")


def shown(page: Page) -> None:
    """Until every box has been asked for."""
    expect(page.locator("[data-inside]:empty, [aria-busy]")).to_have_count(0)
    expect(page.locator("[data-boxes-status]")).not_to_be_empty()


@pytest.mark.usefixtures("maildir")
def test_the_boxes_come_by_themselves_and_nothing_moves(visit: Visit, demo: Demo, signed_in: SignedIn) -> None:
    page = visit("en-US", storage_state=signed_in(OWNER))
    page.goto(f"{demo.portal}{HOME}")
    shown(page)
    expect(box(page, "capacity")).to_contain_text("There is room enough.")
    expect(box(page, "capacity")).to_contain_text("Cloud drive")
    expect(box(page, "folders").get_by_role("row").filter(has_text="Trash")).to_contain_text("3")
    for one in page.locator(".box").all():
        expect(one).to_contain_text(re.compile(r"Asked at \d\d:\d\d:\d\d"))
        expect(one.get_by_role("link", name="Ask again")).to_be_visible()
    expect(page.locator("[data-boxes-status]")).to_have_text("All boxes are up to date.")
    assert page.evaluate(SHIFTED) < 0.1


@pytest.mark.usefixtures("maildir")
def test_a_box_that_fails_says_so_and_leaves_the_others_standing(visit: Visit, demo: Demo, signed_in: SignedIn) -> None:
    page = visit("en-US", storage_state=signed_in(OWNER))
    down = True

    def line(route: Route) -> None:
        if down:
            route.abort()
        else:
            route.continue_()

    page.route("**/box/folders/", line)
    page.goto(f"{demo.portal}{HOME}")
    shown(page)
    expect(box(page, "folders")).to_contain_text("The portal has not answered in time.")
    expect(box(page, "folders").locator("[data-code]")).to_have_text("not-reached")
    expect(box(page, "capacity")).to_contain_text("There is room enough.")
    expect(page.locator("[data-boxes-status]")).to_have_text("Some boxes cannot be shown; each says why.")
    down = False
    box(page, "folders").get_by_role("link", name="Ask again").click()
    expect(box(page, "folders")).to_contain_text("Inbox")
    expect(box(page, "folders").locator("[data-code]")).to_have_count(0)


@pytest.mark.usefixtures("maildir")
def test_asking_again_by_keyboard_keeps_the_focus(visit: Visit, demo: Demo, signed_in: SignedIn) -> None:
    page = visit("en-US", storage_state=signed_in(OWNER))
    page.goto(f"{demo.portal}{HOME}")
    shown(page)
    again = box(page, "folders").get_by_role("link", name="Ask again")
    page.evaluate("document.querySelector('.box-folders .asked').textContent = 'long ago'")
    Keyboard(page).press(again, "Enter")
    expect(box(page, "folders")).not_to_contain_text("long ago")
    shown(page)
    expect(again).to_be_focused()
    assert page.url == f"{demo.portal}{HOME}"
    page.evaluate("document.activeElement.blur()")
    page.reload()
    shown(page)
    Keyboard(page).go_round()


def test_without_script_each_box_is_a_page_and_the_trash_can_be_emptied(
    visit: Visit, demo: Demo, signed_in: SignedIn, maildir: Path
) -> None:
    fill_trash(maildir)
    page = visit("en-US", storage_state=signed_in(OWNER), java_script_enabled=False)
    page.goto(f"{demo.portal}{HOME}")
    expect(box(page, "notices")).to_contain_text("There is no notice at present.")
    box(page, "capacity").get_by_role("link", name="Show").click()
    expect(page.locator("h2").filter(has_text="Capacity")).to_be_visible()
    expect(page.locator("main")).to_contain_text("There is room enough.")
    page.get_by_role("link", name="Back to my mailbox").click()
    box(page, "folders").get_by_role("link", name="Show").click()
    page.get_by_role("link", name="Empty it").click()
    expect(page.locator("main")).to_contain_text("Letters in it: 3")
    (maildir / ".Trash" / "cur" / "9.late:2,S").write_bytes(b"x")
    page.get_by_role("button", name="Yes, delete them for good").click()
    expect(page.locator("main")).to_contain_text("Letters taken away from the folder “Trash”: 3.")
    expect(page.locator("main")).to_contain_text("still there: 1.")
    assert [path.name for path in (maildir / ".Trash" / "cur").iterdir()] == ["9.late:2,S"]
    page.get_by_role("link", name="Back to my mailbox").click()
    expect(page).to_have_url(f"{demo.portal}{HOME}")


@pytest.mark.usefixtures("maildir")
def test_who_is_signed_out_meanwhile_is_told_at_the_next_question(visit: Visit, demo: Demo, signed_in: SignedIn) -> None:
    page = visit("en-US", storage_state=signed_in(OWNER))
    page.goto(f"{demo.portal}{HOME}")
    shown(page)
    page.context.clear_cookies(name="sessionid")
    box(page, "folders").get_by_role("link", name="Ask again").click()
    expect(page).to_have_url(re.compile("/signed-out/"))


@pytest.mark.parametrize("language", ["zh-hant", "en"])
def test_it_is_there_for_everybody(visit: Visit, demo: Demo, signed_in: SignedIn, maildir: Path, language: str) -> None:
    fill_trash(maildir)
    long = maildir / f".{'long' * 20}.{'&U,BTFw-' * 6}"
    for part in ("cur", "new"):
        (long / part).mkdir(parents=True, exist_ok=True)
    page = visit(storage_state=signed_in(OWNER))
    page.context.add_cookies([{"name": "django_language", "value": language, "url": demo.portal}])
    for path in (HOME, f"{HOME}box/folders/", f"{HOME}box/capacity/", f"{HOME}folders/trash/empty/", f"{HOME}sessions/end/"):
        page.goto(f"{demo.portal}{path}")
        if path == HOME:
            shown(page)
        assert faults(page) == [], path


@pytest.mark.usefixtures("maildir")
def test_on_a_telephone_every_box_can_be_read_and_asked_again(visit: Visit, demo: Demo, signed_in: SignedIn) -> None:
    page = visit("en-US", storage_state=signed_in(OWNER), viewport={"width": 390, "height": 844}, has_touch=True)
    page.goto(f"{demo.portal}{HOME}")
    shown(page)
    for one in page.locator(".box").all():
        edges = one.bounding_box()
        assert edges and edges["x"] >= 0 and edges["x"] + edges["width"] <= 390
    page.evaluate("document.querySelector('.box-capacity .asked').textContent = 'long ago'")
    box(page, "capacity").get_by_role("link", name="Ask again").tap()
    expect(box(page, "capacity")).not_to_contain_text("long ago")
    assert page.evaluate(SHIFTED) < 0.1
