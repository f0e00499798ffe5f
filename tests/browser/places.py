"""What the tests of every page go to: who goes there, and how."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.browser.demo import Demo

NOBODY = ""

Open = Callable[[Page, Demo], object]


@dataclass(frozen=True)
class Place:
    """Who goes there, by which path or how; ``lands`` is in the address of the page where that leads elsewhere."""

    who: str
    how: str | Open
    lands: str = ""
