"""The fields of a new password in a browser, on a page of their own that nothing answers."""

import re
from collections.abc import Iterator

import pytest
from django.template import engines
from django.utils.translation import override
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from accounts import strength
from accounts.password_form import NewPasswordForm
from tests.browser.static_site import site

GOOD = "copper-kettle-ninety-seals"
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>New password</title>
<link rel="stylesheet" href="/static/css/tokens.css"><link rel="stylesheet" href="/static/css/portal.css"></head>
<body><form action="/sent" novalidate>{% include "components/new_password.html" %}<button id="send">Send</button></form>
<a href="/sent">Elsewhere</a><script src="/static/js/password.js" defer></script></body></html>"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    rule = strength.PasswordRule(least_score=3, least_length=10, kinds=("digit",))
    form = NewPasswordForm(rule=rule, inputs=["hsiaoming", "wang"])
    with override("en"):
        page = engines["django"].from_string(PAGE).render({"form": form})
    with site({"/": page, "/sent": "<!doctype html><title>Sent</title><p>Sent</p>"}) as address:
        yield address


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context()
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(address)
    return page


def test_the_strength_shows_while_one_types(page: Page) -> None:
    meter = page.locator(".meter")
    page.locator("#id_password").press_sequentially("hsiaoming")
    expect(meter).to_have_attribute("data-score", "0")
    expect(meter).to_contain_text("Too weak")
    expect(meter).to_contain_text("Too short: use at least 10 characters.")
    expect(meter).to_contain_text("Add a digit.")
    page.locator("#id_password").fill(f"{GOOD}-9")
    expect(meter).to_have_attribute("data-score", "4")
    expect(meter).to_contain_text("STRONG You can use this password.")
    page.locator("#id_password").fill("")
    expect(meter).not_to_have_attribute("data-score", re.compile("."))
    expect(meter).to_have_text("")


def test_the_strength_is_spoken_once_one_stops_typing(page: Page) -> None:
    status = page.locator("[role=status]")
    page.evaluate(
        """() => {
          window.spoken = [];
          const status = document.querySelector("[role=status]");
          new MutationObserver(() => window.spoken.push(status.textContent)).observe(status, { childList: true });
        }"""
    )
    page.locator("#id_password").press_sequentially("hsiaoming", delay=20)
    page.locator("#id_password").fill("kettle seals 9")
    expect(status).to_contain_text("Strength of the password: STRONG – You can use this password.")
    assert page.evaluate("window.spoken.length") == 1


def test_the_judge_is_fetched_only_when_a_field_is_entered(context: BrowserContext, address: str) -> None:
    page, fetched = context.new_page(), []
    page.on("request", lambda request: fetched.append(request.url.removeprefix(address)))
    page.goto(address, wait_until="networkidle")
    assert "/static/js/password.js" in fetched
    assert not [path for path in fetched if "worker" in path or "zxcvbn" in path]
    page.locator("#id_password").fill(GOOD)
    expect(page.locator(".meter")).to_have_attribute("data-score", "4")
    assert "/static/js/strength-worker.js" in fetched


@pytest.mark.parametrize(("times", "judged"), [(1, True), (3, False)])
def test_a_judge_that_does_not_load_is_fetched_again_but_not_for_ever(
    context: BrowserContext, address: str, times: int, judged: bool
) -> None:
    lost = []

    def lose(route: Route) -> None:
        if len(lost) == times:
            return route.continue_()
        lost.append(route.request.url)
        return route.abort()

    context.route("**/strength-worker.js", lose)
    page = context.new_page()
    page.goto(address)
    page.locator("#id_password").fill("hsiaoming1")
    if judged:
        expect(page.locator(".meter")).to_have_attribute("data-score", "1")
    else:
        page.wait_for_timeout(1000)
        page.locator("#id_password").fill("hsiaoming2")
        expect(page.locator(".meter strong")).to_be_empty()
        page.locator("#id_password_again").fill("hsiaoming2")
        page.locator("#send").click()
        expect(page).to_have_url(re.compile("/sent"))  # the server will say it
    assert len(lost) == times


def test_nothing_breaks_the_content_security_policy(context: BrowserContext, address: str) -> None:
    page, complaints = context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    page.locator("#id_password").fill(GOOD)
    expect(page.locator(".meter")).to_have_attribute("data-score", "4")
    assert not [text for text in complaints if "Content Security Policy" in text or "Error" in text]


@pytest.mark.parametrize(
    ("password", "again", "field", "message"),
    [
        ("", "", "#id_password", "Type a new password."),
        ("hsiaoming1", "hsiaoming1", "#id_password", "This password is too easy to guess"),
        (GOOD, GOOD, "#id_password", "Add a digit."),
        ("密碼密碼密碼密碼密碼", "x", "#id_password", "might work here and fail on a phone"),
        (f"{GOOD}9", "", "#id_password_again", "Type the new password a second time."),
        (f"{GOOD}9", GOOD, "#id_password_again", "The two passwords are not the same."),
    ],
)
def test_a_form_that_would_be_refused_is_not_sent(
    page: Page, address: str, password: str, again: str, field: str, message: str
) -> None:
    page.locator("#id_password").fill(password)
    page.locator("#id_password_again").fill(again)
    if password:
        expect(page.locator(".meter span")).not_to_be_empty()
    page.locator("#send").click()
    expect(page.locator(f"{field}_error")).to_contain_text(message)
    expect(page.locator(f"{field}_error")).to_be_visible()
    expect(page.locator(field)).to_have_attribute("aria-invalid", "true")
    expect(page.locator(field)).to_be_focused()
    assert page.url == f"{address}/"
    page.locator(field).press_sequentially("x")
    expect(page.locator(f"{field}_error")).to_be_hidden()
    expect(page.locator(field)).not_to_have_attribute("aria-invalid", "true")


def test_a_good_password_is_sent(page: Page) -> None:
    page.locator("#id_password").fill(f"{GOOD}9")
    page.locator("#id_password_again").fill(f"{GOOD}9")
    expect(page.locator(".meter")).to_have_attribute("data-score", "4")
    page.locator("#send").click()
    expect(page).to_have_url(re.compile("/sent"))


def test_the_form_is_sent_where_the_judge_does_not_load(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    page.route("**/vendor/*", lambda route: route.abort())
    page.goto(address)
    page.locator("#id_password").fill("hsiaoming1")
    page.locator("#id_password_again").fill("hsiaoming1")
    page.locator("#send").click()
    expect(page).to_have_url(re.compile("/sent"))


def test_the_passwords_can_be_shown_and_are_hidden_before_they_are_sent(page: Page) -> None:
    fields = [page.locator("#id_password"), page.locator("#id_password_again")]
    page.locator("#id_password").fill("hsiaoming1")
    button = page.get_by_role("button", name="Show the passwords")
    button.click()
    for field in fields:
        expect(field).to_have_attribute("type", "text")
    expect(page.get_by_role("button", name="Hide the passwords")).to_have_text("Hide")
    expect(page.locator(".meter")).to_have_attribute("data-score", "1")
    page.locator("#send").click()
    for field in fields:
        expect(field).to_have_attribute("type", "password")
    expect(button).to_have_text("Show")


def test_somebody_who_goes_back_finds_no_password(page: Page, address: str) -> None:
    page.locator("#id_password").fill(f"{GOOD}9")
    page.locator("#id_password_again").fill("other")
    expect(page.locator(".meter")).to_have_attribute("data-score", "4")
    page.evaluate("addEventListener('pageshow', ({ persisted }) => { window.wasKept = persisted; })")
    page.get_by_text("Elsewhere").click()
    expect(page.get_by_text("Sent")).to_be_visible()
    page.evaluate("history.back()")
    expect(page).to_have_url(f"{address}/")
    assert page.evaluate("window.wasKept") is True  # or there would be nothing to find in any case
    expect(page.locator("#id_password")).to_have_value("")
    expect(page.locator("#id_password_again")).to_have_value("")
    page.locator("#id_password").fill("hsiaoming1")
    expect(page.locator(".meter")).to_have_attribute("data-score", "1")


def test_without_script_there_are_only_the_fields(chromium: Browser, address: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    expect(page.get_by_text("At least 10 characters; the strength must be GOOD or STRONG.")).to_be_visible()
    expect(page.locator(".meter")).to_be_hidden()
    expect(page.locator("[type=button]")).to_be_hidden()
    page.locator("#id_password").fill(f"{GOOD}9")
    page.locator("#send").click()
    expect(page).to_have_url(re.compile("/sent"))
    context.close()
