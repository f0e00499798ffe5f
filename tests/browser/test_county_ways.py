"""The question before a linked county account is removed, as it is for somebody who may and for somebody who may not."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone
from django.utils.translation import override
from playwright.sync_api import Browser, Page, expect

from accounts.counties.ways import IN_USE, Way
from tests.browser.keyboard import Keyboard
from tests.browser.looking import english, faults
from tests.browser.static_site import site

LANGUAGES = {"zh-hant": "基隆市", "en": "Keelung City"}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    request = RequestFactory().get("/configure/county/1/")
    request.user = AnonymousUser()
    pages = {}
    for language, name in LANGUAGES.items():
        with override(language):
            for path, why in (("question", ""), ("kept", IN_USE)):
                way = Way(1, name, timezone.now(), why)
                pages[f"/{language}/{path}/"] = render_to_string("accounts/county_unlink.html", {"way": way}, request)
    with site(pages) as address:
        yield address


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["question", "kept"])
def test_it_is_there_for_everybody(language: str, path: str, page: Page, address: str) -> None:
    page.goto(f"{address}/{language}/{path}/")
    expect(page.locator("main")).to_contain_text(LANGUAGES[language])
    expect(page.locator("main form")).to_have_count(1 if path == "question" else 0)
    assert faults(page) == []
    if language == "zh-hant":
        assert english(page) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_keyboard_leads_to_both_answers(language: str, page: Page, address: str) -> None:
    page.goto(f"{address}/{language}/question/")
    keyboard = Keyboard(page)
    keyboard.skip_to_main()
    keyboard.tab_to(page.locator("main .button.danger"))
    keyboard.tab_to(page.locator("main form a"))
