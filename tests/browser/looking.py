"""What is wrong with a page as it stands: for axe-core in light and dark, wide and narrow, and for a very narrow screen."""

import re
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

LOOKS = [(scheme, size) for size in ((1180, 800), (390, 844)) for scheme in ("light", "dark")]
NARROWEST = (320, 640)  # CSS pixels: a small phone, and 1280 at 400 % zoom (WCAG 2.2, 1.4.10)
AXE: dict[str, Any] = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}

TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
  .map((e) => e.outerHTML.slice(0, 100)).slice(-3)"""
# What is English on purpose says so; addresses and letters are no sentences of ours.
CHINESE_TEXT = """() => {
  const copy = document.querySelector("main").cloneNode(true);
  copy.querySelectorAll("[lang='en'], .letter, .address, script").forEach((e) => e.remove());
  return document.documentElement.lang === "zh-Hant" ? copy.textContent : "";
}"""
ENGLISH_SENTENCE = re.compile(r"[A-Za-z’]+(?: [a-z’]+){3,}")


def faults(page: Page) -> list[str]:
    found = [f"English in Chinese: {text}" for text in ENGLISH_SENTENCE.findall(page.evaluate(CHINESE_TEXT))]
    for scheme, (width, height) in LOOKS:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": height})
        for violation in Axe().run(page, options=AXE).response["violations"]:
            found += [f"{scheme} {width}: {violation['id']} at {node['target']}" for node in violation["nodes"]]
    page.set_viewport_size({"width": NARROWEST[0], "height": NARROWEST[1]})
    return found + [f"wider than {NARROWEST[0]}: {element}" for element in page.evaluate(TOO_WIDE)]
