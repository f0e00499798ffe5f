"""The demo county on its own, and a browser's sign-in at it by the question in words."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests import servers
from tests.services.running_demo import ROOT, Browser

PORTAL = "http://127.0.0.1:9/"  # nobody is there
NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True)
class DemoCounty:
    port: int
    folder: Path

    def issuer(self, code: str = "kl") -> str:
        return f"http://{'localhost' if code == 'hc' else '127.0.0.1'}:{self.port}"

    def secret(self, code: str = "kl") -> str:
        return (self.folder / f"secret-{code}").read_text()


@contextmanager
def running(folder: Path) -> Iterator[DemoCounty]:
    """As bin/demo starts it, with the portal's address ``PORTAL``."""
    county = DemoCounty(servers.free_port(), folder)
    environment = os.environ | {"DEMO_COUNTY_FOLDER": str(folder), "DEMO_PORTAL_URL": PORTAL}
    for name in ("secret-key", "secret-kl", "secret-hc"):
        (folder / name).write_text(f"{name}-of-a-test-{'c' * 40}")
    subprocess.run([sys.executable, "-m", "demo.county"], cwd=ROOT, env=environment, check=True)
    serve = ["-m", "gunicorn", "--bind", f"127.0.0.1:{county.port}", "--threads", "4", "demo.county.wsgi"]
    process = subprocess.Popen([sys.executable, *serve], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    try:
        servers.wait_for(county.port)
        yield county
    finally:
        process.terminate()
        process.wait(timeout=servers.START_SECONDS)


def answer_sign_in(browser: Browser, *, account: str, password: str, code: str = "") -> None:
    """At the county's sign-in; ``code`` for an answer that is not the right one."""
    browser.press("", press="words")
    found = re.search(r"What is (\w+) plus (\w+)\?", browser.page)
    assert found, browser.page
    right = sum(NUMBERS.index(word) for word in found.groups())
    browser.press("", press="sign-in", account=account, password=password, code=code or str(right))
