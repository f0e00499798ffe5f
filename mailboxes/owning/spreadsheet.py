"""CSV (RFC 4180) that a spreadsheet opens as it is meant: in UTF-8, and with no cell taken for a formula."""

import csv
from collections.abc import Iterable, Iterator, Sequence

MARK = "\ufeff"  # without it Excel takes UTF-8 for the code page of the machine
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # OWASP, "CSV Injection"


class _Line:
    """What csv.writer writes to: it gives back the line."""

    def write(self, line: str) -> str:
        return line


def lines(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The file, line by line."""
    yield MARK
    writer = csv.writer(_Line())
    for row in rows:
        yield writer.writerow([harmless(cell) for cell in row])


def harmless(cell: str) -> str:
    """With an apostrophe before what a spreadsheet would work out."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
