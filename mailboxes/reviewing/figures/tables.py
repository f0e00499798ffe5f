"""The numbers beside a picture: as the page shows them, and as a file for a spreadsheet."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mailboxes.reviewing.figures import drawing, words


@dataclass(frozen=True)
class Cell:
    """``value`` goes into the file: durations in seconds, shares as two numbers."""

    shown: str
    value: int | str | None
    bar: str = ""  # how long, in percent


@dataclass(frozen=True)
class Table:
    """The first cell of a row is its heading. ``filed`` are the headings of the file, where they differ from the page's."""

    name: str  # in the address of the file
    caption: str
    headings: list[str]
    rows: list[list[Cell]]
    filed: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[list[str | int | None]]:
        """Headings and rows of the file."""
        yield list(self.filed or self.headings)
        for row in self.rows:
            yield [cell.value for cell in row]


@dataclass(frozen=True)
class Bar:
    """``code`` is what logs and letters call it."""

    words: str
    count: int
    code: str = ""


@dataclass(frozen=True)
class Group:
    """Bars under one heading."""

    heading: str
    bars: list[Bar]

    @property
    def most(self) -> int:
        return max((bar.count for bar in self.bars), default=0)

    @property
    def total(self) -> int:
        return sum(bar.count for bar in self.bars)


@dataclass(frozen=True)
class Bars:
    """A table that is a picture, too: each number has a bar. All bars share a scale, or with ``apart`` those of a group."""

    name: str
    caption: str
    what: str  # the heading of the first column
    groups: list[Group]
    apart: bool = False

    @cached_property
    def rows(self) -> list[tuple[str, str, list[tuple[Bar, str, str]]]]:
        """Each group with its total, and its bars with their numbers and lengths."""
        most = max((group.most for group in self.groups), default=0)
        return [
            (
                group.heading,
                words.number(group.total),
                [
                    (bar, words.number(bar.count), drawing.bar(bar.count, group.most if self.apart else most))
                    for bar in group.bars
                ],
            )
            for group in self.groups
        ]

    def lines(self) -> Iterator[list[str | int | None]]:
        """Headings and rows of the file."""
        yield [self.caption, self.what, _("code"), pgettext("how many", "Number")]
        for group in self.groups:
            for bar in group.bars:
                yield [group.heading, bar.words, bar.code, bar.count]


def whole(count: int) -> Cell:
    return Cell(words.number(count), count)


def lasting(seconds: int | None) -> Cell:
    return Cell(words.duration(seconds), seconds)
