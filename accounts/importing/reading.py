"""The lines of a file of people, as facts or as problems."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from accounts.importing.columns import Column, fact, headings
from accounts.importing.encodings import BOM, Encoding, decoded
from accounts.importing.problems import Problem, Unfit

# RFC 4180 section 2, but for line breaks in quotes: no fact of a person has one, so an open quotation mark is a fault of
# its own line, and the lines after it are read as if nothing had happened.
CELL = r'"[^"]*(?:""[^"]*)*"|[^",]*'
LINE = re.compile(rf"(?:{CELL})(?:,(?:{CELL}))*")
CELLS = re.compile(rf"(?:^|,)({CELL})")


@dataclass(frozen=True, slots=True)
class Row:
    """What a line says of a person: ``facts`` by the fields of Person, of the columns that the file has."""

    line: int
    facts: dict[str, Any]


def read(content: bytes, encoding: Encoding) -> Iterator[Row | Problem]:
    """Each person and each problem, in the order of the lines; problems of the headings alone where there are any."""
    lines = _lines(content, encoding)
    first = next(lines, Problem(0, "", "empty"))
    if isinstance(first, Problem):
        yield first
        return
    columns, problems = headings(*first)
    yield from problems
    if not problems:
        yield from _people(lines, first[1], columns)


def _people(
    lines: Iterator[tuple[int, list[str]] | Problem], names: list[str], columns: list[Column]
) -> Iterator[Row | Problem]:
    seen: dict[str, int] = {}
    line: tuple[int, list[str]] | Problem | None = None
    for line in lines:
        if isinstance(line, Problem):
            yield line
            continue
        number, cells = line
        if len(cells) != len(columns):
            yield Problem(number, "", "cells", {"found": len(cells), "wanted": len(columns)})
            continue
        yield from _person(number, cells, names, columns, seen)
    if line is None:
        yield Problem(0, "", "nobody")


def _person(
    line: int, cells: list[str], names: list[str], columns: list[Column], seen: dict[str, int]
) -> Iterator[Row | Problem]:
    """The facts of one line, or all that is wrong with it; ``seen`` keeps the line of each number."""
    facts: dict[str, Any] = {}
    for name, column, cell in zip(names, columns, cells, strict=True):
        try:
            facts[column.field] = fact(column, cell)
        except Unfit as unfit:
            yield Problem(line, name, unfit.code, unfit.values)
    if number := facts.get("number"):
        if number in seen:
            yield Problem(line, names[_place(columns)], "number-twice", {"number": number, "other": seen[number]})
            return
        seen[number] = line
    if len(facts) == len(columns):
        yield Row(line, facts)


def _place(columns: list[Column]) -> int:
    return next(place for place, column in enumerate(columns) if column.field == "number")


def _lines(content: bytes, encoding: Encoding) -> Iterator[tuple[int, list[str]] | Problem]:
    """The number and the cells of each line that is not empty; spreadsheets leave lines of commas alone at the end."""
    for number, line in enumerate(BytesIO(content.removeprefix(BOM)), start=1):
        line = line.rstrip(b"\r\n")
        text = decoded(line, encoding)
        if b"\0" in line:
            yield Problem(number, "", "nul")
        elif text is None:
            yield Problem(number, "", encoding.problem)
        elif not LINE.fullmatch(text):
            yield Problem(number, "", "quotes")
        elif text.strip(', \t"'):
            yield number, [_unquoted(cell) for cell in CELLS.findall(text)] if '"' in text else text.split(",")


def _unquoted(cell: str) -> str:
    return cell[1:-1].replace('""', '"') if cell.startswith('"') else cell
