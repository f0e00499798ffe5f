"""An administrator writes versions of a policy of their own, that no service demands, and takes somebody's evidence."""

import json
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignedIn, Visit
from tests.browser.demo import Demo
from tests.browser.looking import EVERY_RULE, NARROWEST, SIZES, TOO_WIDE
from tests.browser.staff import administrator
from tests.browser.walking import agree_to_all

# Without preload: axe would copy the style sheets that Django's import into the page, which our policy forbids.
OURS = """options => axe.run("#content-main", { ...options, preload: false }).then(
  ({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id} at ${target}`)))"""
LOOK, SAVE = "section[aria-labelledby=text] button", "section[aria-labelledby=meaning] button"
OLD = {
    "text_zh": "第一條　請愛惜器材。\n\n第二條　請準時歸還。",
    "text_en": "1. Take care of it.\n\n2. Bring it back in time.",
}
NEW = {
    "text_zh": "第一條　請愛惜器材。\n\n第二條　請提早歸還<b>。</b>",
    "text_en": "1. Take care of it.\n\n2. Bring it back early.",
}


def faults_of_ours(page: Page) -> list[str]:
    """What is wrong with our part of a page of the administration; the window is left wide."""
    page.evaluate(AXE_SCRIPT)
    found: list[Any] = []
    for width, height in (*SIZES[::-1], NARROWEST, SIZES[0]):
        page.set_viewport_size({"width": width, "height": height})
        found += page.evaluate(OURS, EVERY_RULE) + page.evaluate(TOO_WIDE)
    return found


def fill(page: Page, **values: str) -> None:
    for name, value in values.items():
        page.locator(f"#id_{name}").fill(value)
    page.locator(LOOK).click()


@pytest.mark.parametrize("locale", ["zh-TW", "en-US"])
def test_a_version_is_written_looked_through_and_saved(visit: Visit, demo: Demo, signed_in: SignedIn, locale: str) -> None:
    page = administrator(visit, signed_in, demo, locale, java_script_enabled=locale == "zh-TW")
    slug, position = {"zh-TW": ("devices", "8"), "en-US": ("tools", "9")}[locale]  # the last one of the list
    page.goto(f"{demo.portal}/admin/accounts/policy/add/")
    for name, value in {"title_zh": "器材規範", "title_en": "Rules of devices", "slug": slug, "position": position}.items():
        page.locator(f"#id_{name}").fill(value)
    page.locator("input[name=_continue]").click()
    page.locator(".object-tools a[href*='policyversion/add']").click()

    fill(page, label="2026-11", **OLD | {"text_en": ""})
    expect(page.locator("#id_text_en_error")).to_be_visible()
    expect(page.locator("#id_text_zh")).to_have_value(OLD["text_zh"])
    if locale == "zh-TW":  # axe runs in the page
        assert faults_of_ours(page) == []
    fill(page, text_en=OLD["text_en"])
    expect(page.locator(".as-read").first).to_contain_text("第二條　請準時歸還。")
    page.locator(SAVE).click()
    expect(page.locator(".messagelist .success")).to_be_visible()

    page.goto(f"{demo.portal}/admin/accounts/policyversion/")
    page.locator(".object-tools .addlink").click()
    page.locator("#content-main li a").last.click()
    fill(page, label="2027-01", in_force_from="2099-01-01T08:00", **NEW)
    expect(page.locator(".changes[lang=en] del")).to_have_text("[−in time−]")
    expect(page.locator(".changes[lang=en] ins")).to_have_text("[+early+]")
    expect(page.locator(".as-read").first).to_contain_text("請提早歸還<b>。</b>")
    if locale == "zh-TW":
        assert faults_of_ours(page) == []
    page.locator(SAVE).click()
    expect(page.locator("#id_in_force_from")).to_have_value("2099-01-01T08:00")
    page.locator("a[href$='/delete/']").click()
    page.locator("#content-main button").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    expect(page.locator("#result_list")).not_to_contain_text("2027-01")


def test_the_evidence_of_one_person_is_printed_and_saved(visit: Visit, demo: Demo, signed_in: SignedIn) -> None:
    agree_to_all(visit(storage_state=signed_in("9700012")), demo, "gapp")
    page = administrator(visit, signed_in, demo, "zh-TW")
    page.goto(f"{demo.portal}/admin/accounts/person/?q=9700012")
    page.locator("#result_list tbody th a").click()
    page.locator(".object-tools a[href*=evidence]").click()
    expect(page.locator("#content-main")).to_contain_text("第七條")
    assert faults_of_ours(page) == []
    with page.expect_download() as saving:
        page.locator("#content-main form button").click()
    document = json.loads(saving.value.path().read_text())
    assert "network" in [one["policy"] for one in document["consents"]]
    page.emulate_media(media="print")
    for nothing_to_print in ("#header", "#nav-sidebar", "#content-main form"):
        expect(page.locator(nothing_to_print)).to_be_hidden()
    expect(page.locator(".digest").first).to_be_visible()
