"""The pictures for administrators: seen and heard in both languages, in light and dark, on a small screen, by keyboard."""

import re
from itertools import pairwise
from pathlib import Path

from playwright.sync_api import Download, expect

from tests.browser.conftest import SignedIn, Visit
from tests.browser.demo import Demo
from tests.browser.looking import english, faults
from tests.browser.staff import administrator
from tests.browser.walking import THREE_KINDS, apply, wait_until_open

PAGE = "/admin/mailboxes/figure/"
APPLICANT = "z88013"  # of whom no other test wants gapp
LABELS = "labels => labels.map((label) => label.getBoundingClientRect()).filter((box) => box.width)"


def test_a_mailbox_that_somebody_applies_for_is_in_the_pictures(visit: Visit, demo: Demo, signed_in: SignedIn) -> None:
    page = visit("zh-TW", storage_state=signed_in(APPLICANT))
    apply(page, demo, "gapp", THREE_KINDS)
    wait_until_open(page)

    admin = administrator(visit, signed_in, demo, "en-US", accept_downloads=True)
    admin.get_by_role("link", name="Pictures").first.click()
    expect(admin.locator("h1")).to_have_text("Pictures")
    picture = admin.get_by_role("img", name=re.compile("^Applications received, by day: All services"))
    expect(picture).to_be_visible()
    expect(picture.locator("rect")).not_to_have_count(0)
    expect(admin.get_by_role("row", name=re.compile("^gapp mailbox"))).not_to_have_count(0)
    expect(
        admin.locator("table.bars", has_text="Strength").get_by_role("row", name=re.compile("^STRONG"))
    ).not_to_have_count(0)
    with admin.expect_download() as coming:
        admin.get_by_role("button", name="Save as CSV: Waiting now, by state and age").click()
    assert _text(coming.value).startswith('\ufeff"Waiting now')
    admin.locator("details summary").first.press("Enter")
    expect(admin.locator("details table").first).to_be_visible()
    assert faults(admin) == []


def test_the_pictures_in_chinese_on_a_small_screen(visit: Visit, demo: Demo, signed_in: SignedIn) -> None:
    admin = administrator(visit, signed_in, demo, "zh-TW")
    admin.goto(f"{demo.portal}{PAGE}?days=365")
    assert faults(admin) == []
    assert english(admin) == []
    for picture in admin.locator("svg.picture").all():
        boxes = picture.locator("text.below").evaluate_all(LABELS)
        assert all(one["right"] <= other["left"] for one, other in pairwise(boxes)), boxes


def test_days_are_chosen_by_keyboard_without_script(visit: Visit, demo: Demo, signed_in: SignedIn) -> None:
    admin = administrator(visit, signed_in, demo, "en-US", java_script_enabled=False)
    admin.goto(f"{demo.portal}{PAGE}")
    admin.get_by_role("link", name="Last 7 days").press("Enter")
    expect(admin.get_by_role("link", name="Last 7 days")).to_have_attribute("aria-current", "true")
    admin.locator("#id_since").fill("2016-11-22")
    admin.locator("#id_until").fill("2016-11-01")
    admin.locator("#id_until").press("Enter")
    expect(admin.get_by_role("alert")).to_have_text("The first day lies after the last one. Exchange the two.")
    expect(admin.locator("svg.picture")).to_have_count(0)


def _text(download: Download) -> str:
    return Path(download.path()).read_text(encoding="utf-8")
