"""The columns of a file of people: by which names each is known, and what may stand in its cells."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import facts
from accounts.formulas import is_formula
from accounts.importing.problems import Problem, Unfit

CATEGORIES = {"教職員工": "staff", "教職員": "staff", "學生": "student"}
LANGUAGES = {"繁體中文": "zh-hant", "中文": "zh-hant", "english": "en", "英文": "en"}


@dataclass(frozen=True)
class Column:
    """``field`` is Person's; ``names`` the headings, the English and the Chinese one first; ``read`` makes a cell a fact,
    or raises Unfit; ``rule`` says for people what may stand there.
    """

    field: str
    names: tuple[str, ...]
    required: bool
    read: Callable[[str], Any]
    rule: Promise


def _number(cell: str) -> str:
    return _one(cell, facts.is_number, "number")


def _one(cell: str, fits: facts.Form, code: str) -> str:
    if not cell:
        raise Unfit("required")
    if not fits(cell):
        raise Unfit(code)
    return cell


def _text(least: int, most: int) -> Callable[[str], str]:
    def read(cell: str) -> str:
        if len(cell) < least:
            raise Unfit("required")
        if len(cell) > most:
            raise Unfit("too-long", found=len(cell), most=most)
        if not facts.is_fit(cell):
            raise Unfit("unfit")
        return cell

    return read


def _category(cell: str) -> str:
    return _one(CATEGORIES.get(cell, cell.lower()), facts.is_category, "category")


def _language(cell: str) -> str:
    return _one(LANGUAGES.get(cell.lower(), cell.lower()), facts.is_language, "language") if cell else ""


def _year(cell: str) -> int | None:
    if not cell:
        return None
    year = int(cell) if cell.isascii() and cell.isdigit() and len(cell) <= 4 else 0
    if not facts.is_year(year):
        raise Unfit("entry-year")
    return year


COLUMNS = (
    Column(
        "number", ("number", "編號", "sub", "subject", "人員編號", "學號"), True, _number,
        _("Staff or student number: A–Z, a–z, 0–9, “_” and “-”, 32 at most, always written the same way"),
    ),
    Column("name", ("name", "姓名", "中文姓名"), True, _text(*facts.NAME), _("100 characters at most")),
    Column(
        "passport_name", ("passport name", "護照姓名", "name_en", "英文姓名", "護照英文姓名"), True,
        _text(*facts.PASSPORT_NAME), _("SURNAME,GIVEN-NAMES in quotation marks; empty where there is none"),
    ),
    Column("category", ("category", "類別", "身分別"), True, _category, _("staff or student, or 教職員工 or 學生")),
    Column(
        "condition", ("condition", "狀態"), True, _text(*facts.CONDITION),
        _("As the campus writes it, such as 一般, 退休 or 校; it decides what somebody may apply for"),
    ),
    Column("unit", ("unit", "單位", "系所"), False, _text(*facts.UNIT), _("100 characters at most; may be empty")),
    Column("entry_year", ("entry year", "入學年", "入學年度"), False, _year, _("A whole number; may be empty")),
    Column(
        "language", ("language", "語言", "lang"), False, _language,
        _("zh-hant or en; may be empty; only for somebody new, as later on people choose for themselves"),
    ),
)  # fmt: skip
NAMED = {name.replace(" ", ""): column for column in COLUMNS for name in column.names}


def fact(column: Column, cell: str) -> Any:
    """What the cell says, without spaces at its ends and in Unicode NFC; Unfit if it says nothing that may stand there."""
    text = unicodedata.normalize("NFC", cell.strip())
    if is_formula(text):
        raise Unfit("formula", sign=text[0])
    return column.read(text)


def headings(line: int, cells: list[str]) -> tuple[list[Column], list[Problem]]:
    """The column of each heading, in the file's order; or what is wrong with them."""
    found = [NAMED.get(_plain(cell)) for cell in cells]
    if len(cells) == 1 and not found[0]:
        return [], [Problem(line, "", "no-commas")]
    problems = []
    for at, (cell, column) in enumerate(zip(cells, found, strict=True)):
        if column is None:
            known = ", ".join(each.names[0] for each in COLUMNS)
            shown = "".join(sign if sign.isprintable() else "�" for sign in cell[:40])
            problems.append(Problem(line, shown, "unknown-column", {"heading": shown, "known": known}))
        elif column in found[:at]:
            problems.append(Problem(line, cell, "column-twice", {"heading": cell}))
    problems += [
        Problem(line, "", "column-missing", {"heading": column.names[0]})
        for column in COLUMNS
        if column.required and column not in found
    ]
    return [column for column in found if column], problems


def _plain(heading: str) -> str:
    """English names in any case, with spaces, underscores or neither."""
    plain = heading.strip().lower().replace(" ", "")
    return plain if plain in NAMED else plain.replace("_", "")
