"""Tables as files that a spreadsheet opens right, Chinese and all, and in which nothing runs."""

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain, islice
from typing import IO, Any

import xlsxwriter

from accounts.formulas import is_formula

BOM = "\ufeff"  # by which Excel knows UTF-8
LINES_AT_ONCE = 500
# Excel's own limits (Microsoft, "Excel specifications and limits").
MOST_ROWS = 1_048_576
LONGEST_TEXT = 32_767

Cells = Sequence[str | int | float | datetime | None]


class _Line:
    """What csv writes to: hands the line back."""

    def write(self, line: str) -> str:
        return line


def as_csv(headings: Sequence[str], rows: Iterable[Cells]) -> Iterator[str]:
    """The lines (RFC 4180), some hundreds at once; times are without an offset."""
    line = csv.writer(_Line()).writerow
    lines = (line([_harmless(cell) for cell in cells]) for cells in chain([headings], rows))
    yield BOM
    while text := "".join(islice(lines, LINES_AT_ONCE)):
        yield text


def _harmless(cell: str | int | float | datetime | None) -> str | int | float | None:
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds")
    return f"'{cell}" if isinstance(cell, str) and is_formula(cell) else cell


def as_xlsx(headings: Sequence[str], rows: Iterable[Cells]) -> IO[bytes]:
    """A temporary file, gone when it is closed; rows beyond Excel's limit are on a further sheet.

    No row is held in memory. Text stays text: what looks like a formula has Excel's own mark for text, also after editing.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115  (whoever sends it closes it)
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "default_date_format": "yyyy-mm-dd hh:mm:ss"} | plain)
    bold, text = book.add_format({"bold": True}), book.add_format({"quote_prefix": True})
    remaining = iter(rows)
    first: Cells | None = next(remaining, [])
    while first is not None:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(headings) - 1, 18)
        _write(sheet, 0, headings, bold, bold)
        for number, cells in enumerate(chain([first], islice(remaining, MOST_ROWS - 2)), start=1):
            _write(sheet, number, cells, None, text)
        first = next(remaining, None)
    book.close()
    file.seek(0)
    return file


def _write(sheet: Any, row: int, cells: Cells, usual: Any, formula: Any) -> None:
    for column, cell in enumerate(cells):
        if isinstance(cell, str):
            sheet.write_string(row, column, cell[:LONGEST_TEXT], formula if is_formula(cell) else usual)
        elif isinstance(cell, datetime):
            sheet.write_datetime(row, column, cell)
        elif cell is not None:
            sheet.write_number(row, column, cell)
