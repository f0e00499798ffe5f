"""A difference from the mail server, from the list of the administration to its repair."""

import os
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import expect

from mailboxes.provisioning.stores import usersfile
from mailboxes.provisioning.stores.usersfile import Entry
from tests.browser.conftest import SignedIn, Visit
from tests.browser.demo import ROOT, Demo, processes_of
from tests.browser.staff import administrator
from tests.browser.test_review import narrow
from tests.services.working import until

STRAY = "stray@mx.nthu.edu.tw"
LIST = "/admin/mailboxes/finding/"


def reconcile(demo: Demo) -> None:
    """By the command, as an operator runs it; there is a difference."""
    [worker, *_] = processes_of(demo.var, having="celery")
    variables = Path(f"/proc/{worker}/environ").read_bytes().split(b"\0")
    env = dict(os.fsdecode(one).split("=", 1) for one in variables if b"=" in one)
    assert subprocess.run([sys.executable, "manage.py", "reconcile", "mx"], cwd=ROOT, env=env).returncode == 1


def test_an_account_that_the_portal_does_not_know_is_shown_and_suspended(
    visit: Visit, demo: Demo, signed_in: SignedIn
) -> None:
    users = demo.var / "mail" / "users"
    with usersfile.locked(users):
        usersfile.put(users, Entry(STRAY, "{ARGON2ID}x", str(demo.var / "mail" / "stray"), 1000, 0))
    reconcile(demo)
    admin = administrator(visit, signed_in, demo, "en-US")
    admin.goto(f"{demo.portal}{LIST}")
    row = admin.locator("#result_list tbody tr", has_text=STRAY)
    expect(row).to_contain_text("lets its owner in")
    assert narrow(admin) == []
    row.locator("th a").click()
    assert narrow(admin) == []
    admin.get_by_role("button", name="Repair …").click()
    expect(admin.locator("#content")).to_contain_text("It is suspended at the mail server")
    assert narrow(admin) == []
    admin.get_by_role("button", name="Repair 1").click()
    expect(admin.locator(".messagelist .success")).to_contain_text("Repairs asked for: 1.")
    until(lambda: "nologin=y" in next(line for line in users.read_text().splitlines() if line.startswith(STRAY)))
