"""The page of the 22 counties: found by typing, by keyboard, by thumb, and without script."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils.translation import override
from playwright.sync_api import Browser, Page, expect

from accounts.counties import registry
from tests.browser.static_site import site

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "counties.json"
PHONE = {"width": 320, "height": 640}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    request = RequestFactory().get("/counties/")
    request.user = AnonymousUser()
    with override("zh-hant"):
        counties = registry.read(EXAMPLE, https=True, secret=str)
        page = render_to_string("accounts/counties.html", {"counties": counties}, request)
    with site({"/counties/": page}) as address:
        yield f"{address}/counties/"


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    context = chromium.new_context(locale="zh-TW", viewport=PHONE, has_touch=True)
    page = context.new_page()
    page.goto(address)
    yield page
    context.close()


def shown(page: Page) -> list[str]:
    return page.locator("[data-counties] li:visible").all_inner_texts()


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", 22),
        ("嘉義", ["嘉義市", "嘉義縣"]),
        ("台北", ["臺北市"]),
        ("CHIAYI county", ["嘉義縣"]),
        ("ntpc", ["新北市"]),
        ("香港", []),
    ],
)
def test_typing_narrows_the_list(typed: str, found: int | list[str], page: Page) -> None:
    page.get_by_role("searchbox").fill(typed)
    assert shown(page) == found if isinstance(found, list) else len(shown(page)) == found
    expect(page.get_by_role("status")).to_be_visible(visible=found == [])


def test_it_goes_by_keyboard_alone(page: Page) -> None:
    page.get_by_role("searchbox").focus()
    page.keyboard.type("連江")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="連江縣")).to_be_focused()


def test_each_is_wide_enough_for_a_thumb_and_nothing_is_cut_off(page: Page) -> None:
    for link in page.locator("[data-counties] a").all():
        box = link.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert box["width"] >= 44
        assert box["x"] + box["width"] <= PHONE["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_without_script_the_list_is_whole_and_there_is_nothing_to_type_into(chromium: Browser, address: str) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    page.goto(address)
    assert len(shown(page)) == 22
    expect(page.get_by_role("searchbox")).to_have_count(0)
    context.close()


def test_axe_finds_nothing(page: Page) -> None:
    assert Axe().run(page).response["violations"] == []
