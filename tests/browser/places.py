"""What the tests of every page go to: who goes there, and how."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
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


def in_the_database(demo: Demo, statement: str, number: str) -> None:
    """What takes an administrator's decision, or longer than a test may."""
    with closing(sqlite3.connect(demo.var / "portal.sqlite3", timeout=20)) as database, database:
        assert database.execute(statement, [number]).rowcount == 1
