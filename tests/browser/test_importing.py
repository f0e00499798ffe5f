"""An administrator brings people in by a file and takes a list out: in Chinese with script, in English without."""

import csv
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignedIn, Visit
from tests.browser.demo import Demo

WORDS = {
    "en-US": {
        "ready": "The file has no problems.",
        "refused": "Nobody was imported.",
        "done": "All of them are imported.",
        "twice": "is on line 2 already",
    },
    "zh-TW": {
        "ready": "這個檔案沒有問題",
        "refused": "沒有匯入任何人",
        "done": "已全部匯入",
        "twice": "已經在第 2 行出現過",
    },
}
HEAD = "編號,姓名,護照姓名,類別,狀態\r\n"
TAKES = 60_000  # milliseconds; five seconds for the worker to look, where the machine is not busy


def upload(page: Page, demo: Demo, file: Path) -> None:
    page.goto(f"{demo.portal}/admin/accounts/peopleimport/add/")
    page.locator("#id_file").set_input_files(file)
    page.locator(".submit-row input").click()
    page.wait_for_url("**/change/")


@pytest.mark.parametrize("locale", WORDS)
def test_people_come_in_by_a_file_and_go_out_as_a_list(
    visit: Visit, demo: Demo, signed_in: SignedIn, locale: str, tmp_path: Path
) -> None:
    words, number = WORDS[locale], f"imported-{locale[:2]}"
    page = visit(locale, storage_state=signed_in("staff:admin"), java_script_enabled=locale == "zh-TW")
    line = f"{number},王匯入,,教職員工,一般\r\n"
    (tmp_path / "wrong.csv").write_text(HEAD + line + line)
    (tmp_path / "people.csv").write_bytes((HEAD + line).encode("cp950"))

    upload(page, demo, tmp_path / "wrong.csv")
    expect(page.locator(".errornote")).to_contain_text(words["refused"], timeout=TAKES)
    expect(page.locator("#content-main")).to_contain_text(words["twice"])

    upload(page, demo, tmp_path / "people.csv")
    expect(page.locator("#content-main [role=status]")).to_contain_text(words["ready"], timeout=TAKES)
    expect(page.locator("#content-main")).to_contain_text("Big5")
    page.locator("input[name=import]").click()
    expect(page.locator("#content-main [role=status]")).to_contain_text(words["done"], timeout=TAKES)

    page.goto(f"{demo.portal}/admin/accounts/person/?q={number}")
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    saved = download(page, "csv", tmp_path)
    with saved.open(encoding="utf-8-sig", newline="") as file:
        assert [row[:2] for row in csv.reader(file)][1:] == [[number, "王匯入"]]
    sheet = openpyxl.load_workbook(download(page, "xlsx", tmp_path)).active
    assert sheet is not None
    assert [sheet["A2"].value, sheet["B2"].value] == [number, "王匯入"]


def download(page: Page, kind: str, folder: Path) -> Path:
    with page.expect_download() as begun:
        page.locator(f"form.export button[value={kind}]").click()
    file = folder / f"list.{kind}"
    begun.value.save_as(file)
    return file
