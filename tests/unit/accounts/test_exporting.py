"""Lists of the administration as files: every one, as the filters show it, for whoever may see it, and nothing runs."""

import csv
import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import openpyxl
import pytest
import time_machine
from django.contrib import admin as django_admin
from django.contrib.auth.models import Permission
from django.http import HttpResponse
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from accounts.exporting import MOST_ROWS, as_csv, as_xlsx
from accounts.listing import ListAdmin
from accounts.models import AuditEvent, Person
from mailboxes.models import Job, Mailbox, MailService
from tests.conftest import MakePerson, SignIn

PEOPLE = "/admin/accounts/person/"
HEADINGS = ["Number", "Name", "Passport name", "Category", "Condition", "Unit", "Last login"]
OURS = [
    lists
    for lists in django_admin.site._registry.values()
    if lists.__module__.split(".")[0] in ("accounts", "mailboxes", "sso_bridge")
]

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]


@pytest.fixture
def admin(db: None) -> Person:
    return Person.objects.create_superuser("admin", "a-long-enough-passphrase")


@pytest.fixture
def browser(admin: Person, sign_in: SignIn) -> Client:
    return sign_in(admin)


def body(response: HttpResponse) -> bytes:
    assert response.status_code == 200, response.status_code
    return b"".join(response)


def table(response: HttpResponse) -> list[list[str]]:
    text = body(response).decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:], newline="")))


def sheet(response: HttpResponse) -> Any:
    return openpyxl.load_workbook(io.BytesIO(body(response))).active


Export = Callable[..., Any]


@pytest.fixture
def export(browser: Client) -> Export:
    def exported(path: str = PEOPLE, query: str = "", kind: str = "csv") -> Any:
        return browser.post(f"{path}export/?{query}", {"format": kind})

    return exported


def test_people_as_csv_that_excel_opens_with_chinese(export: Export, wang: Person, student: Person) -> None:
    with time_machine.travel("2026-11-22 23:30+08:00"):
        response = export(query="category=staff")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="person-2026-11-22.csv"'
    assert table(response) == [HEADINGS, ["z99999", "王小明", "WANG,HSIAO-MING", "Staff", "一般", "", ""]]


def test_people_as_a_workbook_that_another_program_reads(export: Export, wang: Person, student: Person) -> None:
    Person.objects.filter(pk=wang.pk).update(last_login=datetime.fromisoformat("2026-11-22T02:03:04+00:00"))
    found = sheet(export(query="q=z99999", kind="xlsx"))
    assert [[cell.value for cell in row] for row in found.rows] == [
        HEADINGS,
        ["z99999", "王小明", "WANG,HSIAO-MING", "Staff", "一般", "", datetime(2026, 11, 22, 10, 3, 4)],
    ]


def test_numbers_keep_their_noughts_in_a_workbook(export: Export, make_person: MakePerson) -> None:
    make_person("0012345")
    cell = sheet(export(query="q=0012345", kind="xlsx"))["A2"]
    assert (cell.value, cell.data_type) == ("0012345", "s")


def test_headings_are_in_the_language_of_the_administrator(browser: Client, wang: Person) -> None:
    response = browser.post(f"{PEOPLE}export/?q=z99999", {"format": "csv"}, headers={"accept-language": "zh-TW"})
    assert table(response)[0][:4] == ["編號", "姓名", "護照姓名", "類別"]  # type: ignore[arg-type]


# --- formulas --------------------------------------------------------------------------------------------------------

RUNS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", '=HYPERLINK("http://evil.example")']


@pytest.mark.parametrize("text", RUNS)
def test_a_cell_that_would_run_is_text_in_csv(text: str) -> None:
    assert "".join(as_csv(["h"], [[text]])).startswith("\ufeffh\r\n")
    lines = list(csv.reader(io.StringIO("".join(as_csv(["h"], [[text]])), newline="")))
    assert lines[1] == [f"'{text}"]


@pytest.mark.parametrize("text", RUNS)
def test_a_cell_that_would_run_is_text_in_a_workbook_and_stays_so(text: str) -> None:
    cell = openpyxl.load_workbook(as_xlsx(["h"], [[text]])).active["A2"]
    assert cell.data_type == "s"
    assert cell.quotePrefix, "or it would run once somebody edits the cell"
    assert cell.value.replace("_x000D_", "\r").replace("\n", "\r") == text.replace("\n", "\r")


def test_what_does_not_run_is_left_as_it_is() -> None:
    assert "".join(as_csv(["h"], [["王=小明", -1, 2.5, None, "", "a,b", 'a"b', "a\nb"]])) == (
        '\ufeffh\r\n王=小明,-1,2.5,,,"a,b","a""b","a\nb"\r\n'
    )
    cells = openpyxl.load_workbook(as_xlsx(["h"], [["王=小明", -1, "http://x.example", "x" * 40_000]])).active[2]
    assert [cell.value for cell in cells] == ["王=小明", -1, "http://x.example", "x" * 32_767]
    assert [cell.hyperlink for cell in cells] == [None] * 4


def test_a_list_without_rows_is_a_file_with_headings() -> None:
    assert "".join(as_csv(["編號"], [])) == "\ufeff編號\r\n"
    assert [[cell.value for cell in row] for row in openpyxl.load_workbook(as_xlsx(["編號"], [])).active.rows] == [["編號"]]


def test_what_is_more_than_a_sheet_holds_goes_on_on_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_ROWS == 1_048_576
    monkeypatch.setattr("accounts.exporting.MOST_ROWS", 3)
    book = openpyxl.load_workbook(as_xlsx(["h"], [[number] for number in range(5)]))
    assert [[row[0].value for row in found.rows] for found in book.worksheets] == [["h", 0, 1], ["h", 2, 3], ["h", 4]]


def test_csv_is_made_as_it_is_sent() -> None:
    asked = []

    def rows() -> Any:
        for number in range(100_000):
            asked.append(number)
            yield [number]

    lines = as_csv(["h"], rows())
    next(lines), next(lines)
    assert len(asked) < 1000


# --- every list ------------------------------------------------------------------------------------------------------


def test_every_list_is_one_of_ours() -> None:
    assert [lists for lists in OURS if not isinstance(lists, ListAdmin)] == []


@pytest.mark.parametrize("lists", [lists for lists in OURS if lists.exports], ids=lambda lists: lists.opts.label_lower)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_every_list_can_be_exported(lists: Any, kind: str, export: Export, services: Any, wang: Person) -> None:
    response = export(f"/admin/{lists.opts.app_label}/{lists.opts.model_name}/", kind=kind)
    rows = lists.get_queryset(None).count()  # the event of this very export is one of its list
    found = table(response) if kind == "csv" else list(sheet(response).rows)
    assert len(found) == rows + 1
    assert len(found[0]) == len(lists.list_display)


def test_no_hash_leaves(export: Export, services: dict[str, MailService], wang: Person) -> None:
    lists = django_admin.site._registry[Job]
    box = Mailbox.objects.create(
        service=services["mx"], person=wang, local_part="hmwang", domain="mx.nthu.edu.tw", stem="hmwang", stem_number=1
    )
    Job.objects.create(
        mailbox=box, address=box.address, kind="create", password_hash="{ARGON2ID}the-hash", due_at=box.created_at
    )
    shown = list(lists.list_display)
    lists.list_display = [*shown, "password_hash"]
    try:
        found = table(export("/admin/mailboxes/job/"))
    finally:
        lists.list_display = shown
    assert "the-hash" not in str(found)
    assert found[1][:4] == ["1", "Open the mailbox", "hmwang@mx.nthu.edu.tw", "Waiting"] or found[1][0].isdigit()


# --- which rows, and who may -----------------------------------------------------------------------------------------


def test_the_page_offers_both_with_its_filters_in_force(browser: Client, wang: Person) -> None:
    page = browser.get(f"{PEOPLE}?category=staff&q=wang")
    assertContains(page, 'action="/admin/accounts/person/export/?category=staff&amp;q=wang"')
    assertContains(page, "Export the selected rows as CSV")


def test_all_pages_are_exported_and_not_only_the_first(export: Export, make_person: MakePerson) -> None:
    Person.objects.bulk_create(
        Person(source="campus", subject=f"n{number}", username=f"campus:n{number}", number=f"n{number}")
        for number in range(250)
    )
    assert len(table(export(query="source=campus&p=2"))) == 251


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_selected_rows_are_exported(browser: Client, wang: Person, student: Person, kind: str) -> None:
    response = browser.post(PEOPLE, {"action": f"export_{kind}", "_selected_action": [student.pk]})
    found = table(response) if kind == "csv" else [[cell.value for cell in row] for row in sheet(response).rows]  # type: ignore[arg-type]
    assert [row[0] for row in found] == ["Number", "9800011"]


@pytest.mark.parametrize(
    ("path", "status"),
    [("export/?category__nonsense=1", 400), ("export/?category=staff&p=x", 200), ("export/?is_staff__exact=9", 400)],
)
def test_a_filter_that_makes_no_sense_is_refused(path: str, status: int, browser: Client) -> None:
    assert browser.post(f"{PEOPLE}{path}", {"format": "csv"}).status_code == status


def test_a_link_alone_exports_nothing(browser: Client) -> None:
    assert browser.get(f"{PEOPLE}export/?format=csv").status_code == 405
    assert browser.post(f"{PEOPLE}export/", {"format": "pdf"}).status_code == 400
    assert not AuditEvent.objects.exists()


def test_only_whoever_may_see_the_list_exports_it(make_person: MakePerson, sign_in: SignIn, client: Client) -> None:
    clerk = make_person("clerk", is_staff=True)
    browser = sign_in(clerk)
    assert browser.post(f"{PEOPLE}export/", {"format": "csv"}).status_code == 403
    assert client.post(f"{PEOPLE}export/", {"format": "csv"}).status_code == 302
    clerk.user_permissions.add(Permission.objects.get(codename="view_person"))
    assert len(table(browser.post(f"{PEOPLE}export/", {"format": "csv"}))) == 2  # type: ignore[arg-type]
    assert browser.post("/admin/accounts/auditevent/export/", {"format": "csv"}).status_code == 403


def test_who_exported_what_is_recorded_before_the_first_row_leaves(export: Export, admin: Person, wang: Person) -> None:
    response = export(query="category=staff")
    event = AuditEvent.objects.get()
    assert (event.verb, event.actor, event.address) == ("list.exported", admin, "127.0.0.1")
    assert event.details == {
        "list": "accounts.person",
        "format": "csv",
        "rows": 1,
        "selected": False,
        "filters": "category=staff",
    }
    response.close()


def test_lists_that_are_read_only_still_delete_nothing(browser: Client, wang: Person) -> None:
    page = browser.get(PEOPLE)
    assertNotContains(page, "delete_selected")
    browser.post(PEOPLE, {"action": "delete_selected", "_selected_action": [wang.pk], "post": "yes"})
    assert Person.objects.filter(pk=wang.pk).exists()
