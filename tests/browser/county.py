"""The demo county's own pages: somebody's sign-in there, the picture read as an eye reads it."""

import re

from playwright.sync_api import Page, expect

from demo.county.people import EVERYBODY, Person
from demo.county.picture_code import HEIGHT, MARGIN, SCALE, STEP, STROKES
from tests.browser.demo import Demo

SIGN_IN = "button[value=sign-in]"
AGREE, REFUSE = "button[value=grant]", "button[value=refuse]"
NEXT_PICTURE, IN_WORDS = "button[value=picture]", "button[value=words]"
NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def digits(page: Page) -> str:
    """What is in the picture on the page: each stroke is a digit, drawn with a hand that shakes a little."""
    address = page.locator("img[src$='picture.svg']").evaluate("picture => picture.src")
    drawing = page.context.request.get(address).text()
    assert f'viewBox="0 0 {2 * MARGIN + 4 * STEP} {HEIGHT}"' in drawing
    by_shape = {shape: digit for digit, shape in STROKES.items()}
    strokes = re.findall(r'points="([^"]+)"', drawing)
    return "".join(by_shape[_shape(points, MARGIN + STEP * place)] for place, points in enumerate(strokes))


def _shape(points: str, left: int) -> str:
    pairs = [[int(number) for number in point.split(",")] for point in points.split()]
    return " ".join(f"{round((across - left) / SCALE)},{round((down - MARGIN) / SCALE)}" for across, down in pairs)


def sum_in_words(page: Page) -> str:
    found = re.search(r"What is (\w+) plus (\w+)\?", page.locator("label[for=code]").inner_text())
    assert found
    return str(sum(NUMBERS.index(word) for word in found.groups()))


def fill_in(page: Page, person: Person) -> None:
    page.locator("#account").fill(person.account)
    page.locator("#password").fill(person.password)


def give(page: Page, key: str) -> None:
    """All that the sign-in asks for."""
    fill_in(page, EVERYBODY[key])
    page.locator("#code").fill(digits(page))
    page.locator(SIGN_IN).click()


def to_consent(page: Page, demo: Demo, key: str) -> None:
    """From the portal's choice of that person's county as far as its page of consent; ``key`` is as in ``kl:aa1234``."""
    page.goto(f"{demo.portal}/counties/{EVERYBODY[key].county}/")
    if page.locator(SIGN_IN).is_visible():  # the county may know this browser still
        give(page, key)
    expect(page.locator(AGREE)).to_be_visible()


def sign_in(page: Page, demo: Demo, key: str) -> None:
    """As far as the page of the portal that the county's answer leads to, be it Home or a refusal."""
    to_consent(page, demo, key)
    page.locator(AGREE).click()
    page.wait_for_url(f"{demo.portal}/**")
