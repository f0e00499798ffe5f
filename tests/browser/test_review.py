"""A reviewer's day and an applicant's, in different languages: rejected, asked, answered, approved."""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignedIn, Visit
from tests.browser.demo import Demo
from tests.browser.looking import NARROWEST, TOO_WIDE, english, faults
from tests.browser.staff import administrator
from tests.browser.walking import PASSWORD, THREE_KINDS, agree_to_all, choose_name, give_password, wait_until_open

APPLICANT = "z88011"  # of whom no other test wants mx or gapp
ON_LEAVE = "z88002"
QUEUE = "/admin/mailboxes/reviewcase/"


def rule(admin: Page, demo: Demo, review: str, appeal: dict[str, list[str]], service: str) -> None:
    admin.goto(f"{demo.portal}/admin/mailboxes/mailservice/")
    admin.locator("#result_list").get_by_role("link", name=re.compile(service)).first.click()
    admin.locator("#id_review").select_option(review)
    admin.locator("#id_open_to_appeal").fill(json.dumps(appeal))
    admin.locator("input[name=_save]").click()
    expect(admin.locator(".messagelist .success")).to_be_visible()


@contextmanager
def reviewed(
    admin: Page, demo: Demo, review: str, appeal: dict[str, list[str]] | None = None, service: str = "MX"
) -> Iterator[None]:
    """That service is reviewed by that rule until this ends."""
    rule(admin, demo, review, appeal or {}, service)
    try:
        yield
    finally:
        rule(admin, demo, "nobody", {}, service)


def apply(page: Page, demo: Demo) -> None:
    agree_to_all(page, demo, "mx")
    choose_name(page)
    give_password(page, PASSWORD)
    page.wait_for_url("**/applications/**")


def open_case(admin: Page, demo: Demo, words: str) -> None:
    """By the search of the queue, as a reviewer does when somebody telephones."""
    admin.goto(f"{demo.portal}{QUEUE}")
    admin.locator("#id_q").fill(words)
    admin.locator("#id_q").press("Enter")
    expect(admin.locator("table.queue tbody tr")).to_have_count(1)
    admin.locator("table.queue tbody th a").click()
    expect(admin.locator("#person")).to_be_visible()


def decide(admin: Page, decision: str, **fields: str) -> None:
    for field, value in fields.items():
        admin.locator(f"#id_{decision}_{field}").fill(value)
    admin.locator(f"button[value={decision}]").click()
    expect(admin.locator(".messagelist .success")).to_be_visible()


def narrow(page: Page) -> list[str]:
    """What is wider than a very narrow screen."""
    size = page.viewport_size
    page.set_viewport_size({"width": NARROWEST[0], "height": NARROWEST[1]})
    found: list[str] = page.evaluate(TOO_WIDE)
    assert size
    page.set_viewport_size(size)
    return found


def test_a_reviewer_rejects_and_asks_and_approves(visit: Visit, demo: Demo, signed_in: SignedIn) -> None:
    admin = visit("en-US", storage_state=signed_in("staff:admin"))
    page = visit("zh-TW", storage_state=signed_in(APPLICANT))
    with reviewed(admin, demo, "always"):
        apply(page, demo)
        expect(page.locator("h1")).to_have_text("您的申請正在審核")
        assert faults(page) == []
        assert english(page) == []

        open_case(admin, demo, "邱美")
        expect(admin.locator("#content")).to_contain_text("CHIU")
        assert narrow(admin) == []
        admin.locator("button[value=reject]").click()
        expect(admin.locator(".errornote")).to_contain_text("Write a reason")
        admin.locator("#id_template").select_option(index=1)
        admin.get_by_role("button", name="Use it").click()
        expect(admin.locator("#id_reject_reason")).to_have_value(re.compile("依您目前的身分"))
        decide(admin, "reject", reason="依您目前的身分，<b>還</b>不能使用這項服務。")

        page.reload()
        expect(page.locator("h1")).to_have_text("申請未通過")
        expect(page.locator("main")).to_contain_text("依您目前的身分，<b>還</b>不能使用這項服務。")
        assert faults(page) == []
        assert english(page) == []
        page.goto(f"{demo.portal}/")
        expect(page.get_by_role("article", name="MX 信箱")).to_contain_text("您上次的申請未通過。")

        apply(page, demo)
        open_case(admin, demo, APPLICANT)
        decide(admin, "ask", reason="請問您在哪個單位？")
        page.reload()
        expect(page.locator("h1")).to_have_text("有事情請您回覆")
        assert faults(page) == []
        page.locator("#id_text").fill("秘書處。")
        page.locator("main form button").click()
        expect(page.locator("h1")).to_have_text("您的申請正在審核")

        admin.goto(f"{demo.portal}{QUEUE}")
        assert narrow(admin) == []
        admin.locator("table.queue tbody tr", has_text=APPLICANT).locator("input[type=checkbox]").check()
        admin.locator("button[value=approve]").click()
        expect(admin.locator("#content")).to_contain_text("Something would happen to 1 of them.")
        assert narrow(admin) == []
        admin.locator("button[name=confirmed]").click()
        expect(admin.locator(".messagelist .success")).to_contain_text("Done: 1.")
        page.reload()
        assert wait_until_open(page).endswith("@mx.nthu.edu.tw")


@contextmanager
def without_rights(demo: Demo) -> Iterator[None]:
    """The administrator may open the administration, and nothing in it, until this ends."""
    who = "SELECT person.id, role.id FROM accounts_person AS person, auth_group AS role"
    who = f"{who} WHERE person.username = 'admin' AND role.name = 'administrator'"

    def do(change: str) -> None:
        with closing(sqlite3.connect(demo.var / "portal.sqlite3", timeout=20)) as database, database:
            assert database.execute(change).rowcount == 1

    do(f"DELETE FROM accounts_person_groups WHERE (person_id, group_id) IN ({who})")  # noqa: S608
    try:
        yield
    finally:
        do(f"INSERT INTO accounts_person_groups (person_id, group_id) {who}")


def test_two_browsers_decide_about_one_application_and_a_right_that_is_gone_decides_nothing(
    visit: Visit, demo: Demo, signed_in: SignedIn
) -> None:
    first, second = (administrator(visit, signed_in, demo, "en-US") for _ in range(2))
    page = visit("zh-TW", storage_state=signed_in(APPLICANT))
    with reviewed(first, demo, "always", service="gapp"):
        agree_to_all(page, demo, "gapp")
        choose_name(page)
        give_password(page, THREE_KINDS)
        page.wait_for_url("**/applications/**")
        open_case(first, demo, "邱美")
        open_case(second, demo, "chiu")
        first.locator("#id_reject_reason").fill("不行。")
        with without_rights(demo):
            first.locator("button[value=reject]").click()
            expect(first.locator("h1")).to_have_text("You may not see this page")
        first.go_back()
        decide(first, "reject", reason="請先更正您的資料。")
        second.locator("button[value=approve]").click()
        expect(second.locator(".messagelist .warning")).to_contain_text("Admin was first, at")
        expect(second.locator("button[value=approve]")).to_have_count(0)
        page.reload()
        expect(page.locator("main")).to_contain_text("請先更正您的資料。")


@pytest.mark.parametrize("script", [True, False])
def test_somebody_by_appeal_in_english_is_decided_about_in_chinese(
    visit: Visit, demo: Demo, signed_in: SignedIn, script: bool
) -> None:
    admin = visit("zh-TW", storage_state=signed_in("staff:admin"), java_script_enabled=script)
    page = visit("en-US", storage_state=signed_in(ON_LEAVE), java_script_enabled=script)
    page.context.add_cookies([{"name": "django_language", "value": "en", "url": demo.portal}])
    with reviewed(admin, demo, "warning", {"staff": ["留停"]}):
        apply(page, demo)
        expect(page.locator("h1")).to_have_text("Your application is being reviewed")
        open_case(admin, demo, "張志豪")
        expect(admin.locator("#content")).to_contain_text("身分須經審核")
        decide(admin, "offer", names="chihhao.chang\nchang.chihhao", reason="請選一個。")
        page.goto(f"{demo.portal}/mail/mx/name/")
        expect(page.locator("main")).to_contain_text("The office offers you these names")
        expect(page.locator("input[name=name]")).to_have_count(2)
        choose_name(page, "chang.chihhao")
        give_password(page, PASSWORD)
        page.wait_for_url("**/applications/**")
        open_case(admin, demo, "chang.chihhao")
        decide(admin, "reject", reason="Apply again after your leave.")
        page.reload()
        expect(page.locator("h1")).to_have_text("The application was rejected")
        expect(page.locator("main")).to_contain_text("Apply again after your leave.")
