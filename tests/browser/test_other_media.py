"""On paper, and where somebody's own colours replace ours."""

from playwright.sync_api import expect

from tests.browser.conftest import SignedIn, Visit
from tests.browser.demo import Demo
from tests.browser.walking import THREE_KINDS, agree_to_all, choose_name

STANDS_OUT = "element => getComputedStyle(element).outlineStyle !== 'none'"
COLOURS = "bars => bars.map((bar) => getComputedStyle(bar).backgroundColor)"


def test_a_printed_policy_is_whole_and_nothing_else_is_on_the_paper(visit: Visit, demo: Demo, signed_in: SignedIn) -> None:
    page = visit(storage_state=signed_in("9700012"), viewport={"width": 700, "height": 900})
    page.goto(f"{demo.portal}/mail/gapp/policies/network/")
    page.emulate_media(media="print")
    text = page.locator(".policy-text")
    assert text.evaluate("element => element.scrollHeight <= element.clientHeight")
    expect(text).to_contain_text("第七條")
    for nothing_to_print in (page.get_by_role("navigation"), page.locator(".button").first, page.locator("footer")):
        expect(nothing_to_print).to_be_hidden()


def test_in_forced_colours_the_choice_and_the_meter_can_still_be_told(visit: Visit, demo: Demo, signed_in: SignedIn) -> None:
    page = visit(storage_state=signed_in("9700012"), forced_colors="active")
    agree_to_all(page, demo, "gapp")
    page.locator("input[name=name]").nth(1).check()
    page.locator("h1").click()  # the outline is not that of the focus
    assert page.locator(".choice").nth(1).evaluate(STANDS_OUT)
    assert not page.locator(".choice").nth(2).evaluate(STANDS_OUT)

    choose_name(page)
    bars = page.locator(".meter ol li")
    empty = bars.evaluate_all(COLOURS)
    page.locator("#id_password").fill(THREE_KINDS)
    expect(page.locator(".meter")).to_have_attribute("data-score", "4")
    assert not set(empty) & set(bars.evaluate_all(COLOURS))
