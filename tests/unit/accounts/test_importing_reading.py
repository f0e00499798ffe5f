"""Files of people as bytes: what is read from them, and what is said of each thing that is wrong."""

import gzip
import io
import zipfile
from typing import Any

import pytest
from django.utils.translation import override

from accounts.importing import encodings, reading
from accounts.importing.problems import SENTENCES, Problem, Refused
from accounts.importing.reading import Row

HEAD = "編號,姓名,護照姓名,類別,狀態,單位,入學年,語言"
WANG = 'z99999,王小明,"WANG,HSIAO-MING",教職員工,一般,計算機與通訊中心,,en'
CHANG = '9800011,張志豪,"CHANG,CHIH-HAO",學生,校,資訊工程學系,98,'


def read(content: bytes) -> tuple[str, list[Row], list[Problem]]:
    encoding = encodings.recognise(content)
    found = list(reading.read(content, encoding))
    return (
        encoding.name,
        [one for one in found if isinstance(one, Row)],
        [one for one in found if isinstance(one, Problem)],
    )


def problems(*lines: str | bytes) -> list[tuple[int, str, str]]:
    whole = b"\r\n".join(line if isinstance(line, bytes) else line.encode() for line in lines) + b"\r\n"
    return [(problem.line, problem.column, problem.code) for problem in read(whole)[2]]


@pytest.mark.parametrize(
    ("codec", "unusual", "name"),
    [
        ("utf-8", "碁", "UTF-8"),
        ("utf-8-sig", "碁", "UTF-8 with BOM"),
        ("cp950", "明", "Big5"),
        ("cp950", "碁", "CP950"),
        ("ascii", "", "UTF-8"),
    ],
)
def test_each_encoding_is_recognised_and_named(codec: str, unusual: str, name: str) -> None:
    if unusual:
        text = "\r\n".join([HEAD, WANG.replace("明", unusual), CHANG])
    else:
        text = "number,name,name_en,category,condition\nz1,Lee,,staff,retired\nz2,Lin,,staff,retired"
    recognised, people, wrong = read(text.encode(codec))
    assert recognised == name
    assert wrong == []
    assert len(people) == 2
    if unusual:
        assert people[0].facts["name"] == f"王小{unusual}"


def test_a_line_gives_the_facts_of_a_hand_off() -> None:
    assert read("\n".join([HEAD, WANG, CHANG]).encode())[1] == [
        Row(2, {
            "number": "z99999", "name": "王小明", "passport_name": "WANG,HSIAO-MING", "category": "staff",
            "condition": "一般", "unit": "計算機與通訊中心", "entry_year": None, "language": "en",
        }),
        Row(3, {
            "number": "9800011", "name": "張志豪", "passport_name": "CHANG,CHIH-HAO", "category": "student",
            "condition": "校", "unit": "資訊工程學系", "entry_year": 98, "language": "",
        }),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "head",
    [
        "number,name,passport name,category,condition",
        "NUMBER,Name,passport_name,Category,Condition",
        "sub,name,name_en,category,condition",
        " 編號 ,姓名,英文姓名,類別,狀態",
        "學號,中文姓名,護照英文姓名,身分別,狀態",
    ],
)
def test_columns_are_known_by_several_names_in_any_case(head: str) -> None:
    _, people, wrong = read(f"{head}\nz1,王小明,,staff,一般".encode())
    assert wrong == []
    assert list(people[0].facts) == ["number", "name", "passport_name", "category", "condition"]


def test_columns_stand_in_any_order_and_empty_lines_count_as_lines() -> None:
    text = "condition,category,name_en,name,number\n\n一般,staff,,王小明,z1\n,,,,\n\n一般,staff,,林淑芬,z2\n"
    assert [(row.line, row.facts["number"], row.facts["name"]) for row in read(text.encode())[1]] == [
        (3, "z1", "王小明"),
        (6, "z2", "林淑芬"),
    ]


def test_spaces_around_a_text_go_and_it_becomes_nfc() -> None:
    decomposed, compatible = "Re\u0301mi", "\ufa0c"  # e and an accent; an ideograph that Big5 has twice
    _, people, _ = read(f"{HEAD}\nz1,  {decomposed}{compatible} ,,staff, 一般,,,".encode())
    assert people[0].facts["name"] == "Rémi兀"
    assert people[0].facts["condition"] == "一般"


# --- of the whole file ---------------------------------------------------------------------------------------------


def zipped(content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("people.csv", content)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\r\n \n", "empty"),
        (zipped(HEAD.encode()), "workbook"),
        (gzip.compress(HEAD.encode(), mtime=0), "workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "workbook"),
        (HEAD.encode("utf-16"), "utf-16"),
        (b"a" * (40 * 1024 * 1024), "too-large"),
    ],
    ids=["nothing", "bom", "blank", "zip", "gzip", "xls", "utf-16", "40 MB"],
)
def test_what_is_no_csv_file_is_refused_as_a_whole(content: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read(content)
    assert refused.value.problem.code == code


def test_the_size_is_said() -> None:
    with pytest.raises(Refused) as refused:
        encodings.measure(40 * 1024 * 1024)
    with override("en"):
        assert refused.value.problem.sentence.startswith("The file has 40.0 MB; 20 MB is the most.")


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (HEAD + ",薪資", [(1, "薪資", "unknown-column")]),
        (HEAD + ",\x1b[2J", [(1, "�[2J", "unknown-column")]),
        (HEAD + ",sub", [(1, "sub", "column-twice")]),
        (HEAD + ",", [(1, "", "unknown-column")]),
        ("編號,姓名,類別,狀態", [(1, "", "column-missing")]),
        ("編號;姓名;護照姓名;類別;狀態", [(1, "", "no-commas")]),
        ("編號\t姓名\t護照姓名", [(1, "", "no-commas")]),
        ('編號,"姓名', [(1, "", "quotes")]),
    ],
)
def test_of_wrong_headings_nothing_below_is_judged(head: str, found: list[tuple[int, str, str]]) -> None:
    assert problems(head, "rubbish") == found


def test_a_file_with_headings_alone_holds_nobody() -> None:
    assert problems(HEAD) == [(0, "", "nobody")]
    assert problems(",,,") == [(0, "", "empty")]


# --- of a line -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (WANG.replace("王", "王\0"), "nul"),
        (WANG + ",more", "cells"),
        ("z1,王小明,WANG,HSIAO-MING,staff,一般,,,", "cells"),
        ("z1,王小明", "cells"),
        (WANG.replace('"WANG', "WANG"), "quotes"),
        (WANG.replace('MING"', "MING"), "quotes"),
        (WANG.replace("王小明", '王"小"明'), "quotes"),
        (WANG.replace("王小明", '"王"小明'), "quotes"),
        (WANG.encode("cp950"), "not-utf-8"),
    ],
)
def test_a_broken_line_is_told_by_its_number_and_the_next_one_is_read(line: str | bytes, code: str) -> None:
    assert problems(HEAD, CHANG, line, CHANG.replace("98000", "98999"), "x") == [(3, "", code), (5, "", "cells")]


def test_a_line_of_utf_8_in_a_file_of_big5_is_told() -> None:
    lines = [HEAD, CHANG, WANG, CHANG.replace("98000", "98999")]
    whole = b"\n".join(line.encode("utf-8" if line is WANG else "cp950") for line in lines)
    encoding, people, wrong = read(whole)
    assert encoding == "Big5"
    assert [(problem.line, problem.code) for problem in wrong] == [(3, "not-big5")]
    assert len(people) == 2


def test_a_character_of_somebodys_own_making_in_big5_is_told() -> None:
    own = CHANG.encode("cp950").replace("志".encode("cp950"), b"\xfa\x40")
    assert [(problem.line, problem.code) for problem in read(HEAD.encode("cp950") + b"\n" + own)[2]] == [(2, "not-big5")]


def test_a_line_break_in_a_cell_is_two_broken_lines() -> None:
    assert problems(HEAD, 'z1,"王\n小明",,staff,一般,,,') == [(2, "", "quotes"), (3, "", "quotes")]


def test_a_number_that_stands_there_twice_is_told_with_both_lines() -> None:
    _, people, wrong = read("\n".join([HEAD, WANG, CHANG, WANG.replace("王小明", "王大明")]).encode())
    assert [(problem.line, problem.column, problem.code) for problem in wrong] == [(4, "編號", "number-twice")]
    assert wrong[0].values == {"number": "z99999", "other": 2}
    assert [row.facts["name"] for row in people] == ["王小明", "張志豪"]


def test_numbers_that_differ_by_case_are_two_persons() -> None:
    assert len(read("\n".join([HEAD, WANG, WANG.replace("z9", "Z9")]).encode())[1]) == 2


# --- of a cell -----------------------------------------------------------------------------------------------------

GOOD = {
    "編號": "z1", "姓名": "王小明", "護照姓名": "", "類別": "staff", "狀態": "一般", "單位": "", "入學年": "", "語言": "",
}  # fmt: skip


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("編號", "", "required"),
        ("編號", "z 1", "number"),
        ("編號", "ｚ１", "number"),
        ("編號", "z" * 33, "number"),
        ("姓名", "", "required"),
        ("姓名", "王" * 101, "too-long"),
        pytest.param("姓名", "王" * 1024 * 1024, "too-long", id="1 MB"),
        ("姓名", "王\u202e明", "unfit"),
        ("姓名", "王\x0b明", "unfit"),
        ("護照姓名", "W" * 101, "too-long"),
        ("類別", "", "required"),
        ("類別", "visitor", "category"),
        ("狀態", "", "required"),
        ("狀態", "一" * 17, "too-long"),
        ("單位", "系" * 101, "too-long"),
        ("入學年", "98.0", "entry-year"),
        ("入學年", "0", "entry-year"),
        ("入學年", "９８", "entry-year"),
        ("入學年", "10000", "entry-year"),
        ("語言", "klingon", "language"),
        ("姓名", "=1+1", "formula"),
        ("姓名", " =1+1", "formula"),
        ("姓名", "+王", "formula"),
        ("單位", "-", "formula"),
        ("單位", "@SUM(A1)", "formula"),
        ("單位", "\t=1+1", "formula"),
        ("單位", "＝1+1", "formula"),
    ],
)
def test_a_cell_that_does_not_fit_is_told_by_line_and_column(column: str, cell: str, code: str) -> None:
    assert problems(HEAD, ",".join((GOOD | {column: cell}).values())) == [(2, column, code)]


def test_the_form_that_excel_users_write_to_keep_a_nought_is_a_formula_too() -> None:
    assert problems(HEAD, ",".join((GOOD | {"編號": '"=""0012345"""'}).values())) == [(2, "編號", "formula")]


def test_everything_that_is_wrong_with_a_line_is_told_at_once() -> None:
    assert problems(HEAD, "z 1,,,visitor,一般,,x,de") == [
        (2, "編號", "number"),
        (2, "姓名", "required"),
        (2, "類別", "category"),
        (2, "入學年", "entry-year"),
        (2, "語言", "language"),
    ]


# --- in words ------------------------------------------------------------------------------------------------------

VALUES: dict[str, Any] = {
    "size": "40.0", "most": 20, "heading": "薪資", "known": "number", "found": 3, "wanted": 5, "number": "z1", "other": 2,
    "sign": "=",
}  # fmt: skip


@pytest.mark.parametrize("code", SENTENCES)
def test_every_problem_is_a_sentence_with_a_cure_also_when_it_was_kept(code: str) -> None:
    problem = Problem.from_json(Problem(7, "姓名", code, VALUES).as_json())
    with override("en"):
        assert problem.sentence.endswith(".")
        assert "%(" not in problem.sentence
        assert len(problem.sentence.split()) > 6
