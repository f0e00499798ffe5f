"""What is wrong with a page as it stands: for axe-core in light and dark, wide and narrow, and for a very narrow screen."""

import re
from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
SIZES = ((1180, 800), (390, 844))
NARROWEST = (320, 640)  # CSS pixels: a small phone, and 1280 at 400 % zoom (WCAG 2.2, 1.4.10)
EVERY_RULE: dict[str, Any] = {"rules": {"target-size": {"enabled": True}}}
COLOURS: dict[str, Any] = {"runOnly": ["color-contrast", "link-in-text-block"]}  # all that a scheme of colours changes
# Only what was found comes back: the whole report is a megabyte.
# To read a stylesheet that another one imports, axe writes a style into the page, which its Content-Security-Policy refuses:
# there it has to do without the one rule that reads them, about a lock of the orientation.
RUN = """options => axe.run({
  ...options,
  preload: ![...document.styleSheets].some((sheet) => [...sheet.cssRules].some((rule) => rule instanceof CSSImportRule)),
}).then(
  ({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id} at ${target}`)))"""

# A colour on its way from one scheme to the other is none of either.
SETTLE = """() => document.getAnimations().forEach((animation) => {
  if (animation.effect.getComputedTiming().endTime !== Infinity) animation.finish();
})"""

TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
  .map((e) => e.outerHTML.slice(0, 100)).slice(-3)"""
# What is English on purpose says so; addresses and letters are no sentences of ours.
TEXT = """() => {
  const copy = document.querySelector("main").cloneNode(true);
  copy.querySelectorAll("[lang='en'], details, .address, script").forEach((e) => e.remove());
  return copy.textContent;
}"""
ENGLISH_SENTENCE = re.compile(r"[A-Za-z’]+(?: [a-z’]+){3,}")


def faults(page: Page, *, only: Scheme | None = None) -> list[str]:
    """In both schemes of colours, or in one; the window is left very narrow."""
    found = []
    page.evaluate(AXE_SCRIPT)
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for scheme in [only] if only else SCHEMES:
            rules = EVERY_RULE if scheme == "light" else COLOURS
            page.emulate_media(color_scheme=scheme)
            page.evaluate(SETTLE)
            found += [f"{scheme}, {width} wide: {violation}" for violation in page.evaluate(RUN, rules)]
    page.set_viewport_size({"width": NARROWEST[0], "height": NARROWEST[1]})
    return found + [f"wider than {NARROWEST[0]}: {element}" for element in page.evaluate(TOO_WIDE)]


def english(page: Page) -> list[str]:
    """The sentences of a Chinese page that are in English."""
    return ENGLISH_SENTENCE.findall(page.evaluate(TEXT))
