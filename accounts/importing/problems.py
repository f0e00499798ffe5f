"""What is wrong with a file, by line, with the cure. Every sentence stands in both languages."""

from dataclasses import asdict, dataclass, field
from typing import Any, Self

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    # of the whole file
    "empty": _("The file is empty. Save it once more from the program that made it."),
    "too-large": _("The file has %(size)s MB; %(most)s MB is the most. Divide it into several files."),
    "workbook": _(
        "This is an archive or a workbook, not a CSV file. Open it in a spreadsheet program and save it as “CSV UTF-8”."
    ),
    "utf-16": _("The file is in UTF-16. Save it as “CSV UTF-8”."),
    "nobody": _("There is nobody below the names of the columns. Add a line for each person."),
    # of the names of the columns
    "no-commas": _("The columns must be parted by commas. Save the file as CSV with commas."),
    "unknown-column": _("The column “%(heading)s” is not known. Rename or delete it; the names that are known: %(known)s."),
    "column-twice": _("The column “%(heading)s” stands there twice. Delete one of the two."),
    "column-missing": _("The column “%(heading)s” is missing. Add it."),
    # of a line
    "nul": _("The line holds a NUL, so the file is damaged or no text. Save it once more as “CSV UTF-8”."),
    "not-utf-8": _(
        "The line is not in UTF-8 as the rest of the file; it may be in Big5. Save the whole file as “CSV UTF-8”."
    ),
    "not-big5": _(
        "The line is not in Big5 as the rest of the file: it is in another encoding, or has a character of somebody’s own"
        " making. Save the whole file as “CSV UTF-8” and type that character again."
    ),
    "quotes": _(
        "A quotation mark is not closed on this line, or stands inside a cell. Put the whole cell into quotation marks,"
        " write each one inside it twice, and leave out line breaks."
    ),
    "cells": _("The line has %(found)s cells, the names of the columns are %(wanted)s. Put a cell with a comma in quotes."),
    "number-twice": _("The number %(number)s is on line %(other)s already. Delete one of the two lines."),
    # of a cell
    "formula": _("The cell begins with “%(sign)s”, as a formula does. Write the value itself."),
    "required": _("The cell is empty. Fill it in."),
    "too-long": _("The text has %(found)s characters; %(most)s is the most. Shorten it."),
    "unfit": _("The text has a control character or another one that cannot be seen. Type it again."),
    "number": _("A number is 1 to 32 characters of A–Z, a–z, 0–9, “_” and “-”. Write it as the campus does."),
    "category": _("Write staff or student, or 教職員工 or 學生."),
    "entry-year": _("An entry year is a whole number from 1 to 9999. Write it in digits, or leave the cell empty."),
    "language": _("Write zh-hant or en, or leave the cell empty."),
    # of the import
    "gave-up": _("Three attempts were broken off, and nobody was imported. Look at the worker’s log, then upload it again."),
}


@dataclass(frozen=True)
class Problem:
    """``line`` counts from 1 (0: the whole file); ``column`` is the heading as the file has it (empty: the whole line)."""

    line: int
    column: str
    code: str
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """What is wrong and what to do, in the language that is active."""
        return str(SENTENCES[self.code]) % self.values

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        return cls(**kept)


class Refused(Exception):
    """The file cannot be read at all; ``problem`` says why."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.problem = Problem(0, "", code, values)


class Unfit(Exception):
    """A cell that is not what its column asks for."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code, self.values = code, values
