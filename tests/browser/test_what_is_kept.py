"""After all the other visits: what of their passwords and tokens is left in the files of the installation."""

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.demo import Demo
from tests.browser.walking import (
    SECRET,
    THREE_KINDS,
    agree_to_all,
    choose_name,
    give_password,
    to_campus_link,
    wait_until_open,
)
from tests.browser.watching import TOKEN


def test_no_file_holds_a_password_and_no_log_a_token(visit: Visit, demo: Demo) -> None:
    page = visit("en-US")
    to_campus_link(page, demo, "z88009")
    page.locator("#fresh a[href*=token]").first.click()  # a token in an address, which logs like to keep
    expect(page.locator("h1")).to_contain_text("荷西．加西亞")
    agree_to_all(page, demo, "gapp")
    choose_name(page)
    give_password(page, THREE_KINDS, again=f"{THREE_KINDS}!")
    expect(page.locator(".field.error")).to_be_visible()
    give_password(page, THREE_KINDS)
    wait_until_open(page)

    files = [path for path in demo.var.rglob("*") if path.is_file()]
    logs = [path for path in files if path.parent == demo.var / "log"]
    assert {path.name for path in logs} >= {"portal.log", "worker.log", "campus.log", "valkey.log"}
    assert (demo.var / "log" / "portal.log").read_text().count("POST /mail/gapp/password/") >= 1
    assert [path.name for path in files if SECRET.encode() in path.read_bytes().lower()] == []
    assert [path.name for path in logs if TOKEN.search(path.read_text(errors="replace"))] == []
