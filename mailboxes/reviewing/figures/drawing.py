"""Where each column and line of a picture lies. All of it is in percent of the picture, so that it fits any screen while its
letters keep their size; what is drawn is in templates/admin/figures/.

No library draws these: pygal writes inline styles, which the Content-Security-Policy forbids, and matplotlib draws letters
as shapes that no screen reader reads.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import floor, log10

from django.utils.translation import gettext as _

from mailboxes.reviewing.figures import words
from mailboxes.reviewing.figures.span import Span, Step

MOST_TICKS = 8  # below a picture; of these, half on a small screen, and half of that below a small picture
GAP = 0.15  # of a step, on each side of its column
TIMES = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400)  # seconds


@dataclass(frozen=True)
class Tick:
    """``at`` in percent; ``room`` says where there is room for its text: everywhere, "medium" or "wide"."""

    at: str
    text: str
    room: str = ""


@dataclass(frozen=True)
class Column:
    """``partial``: of a step that is not whole, or not over yet."""

    x: str
    y: str
    width: str
    height: str
    text: str
    partial: bool


@dataclass(frozen=True)
class Line:
    """The points of one line, and the pieces between those whose steps lie side by side."""

    name: str
    points: list[tuple[str, str, str]]  # x, y, what it says
    pieces: list[tuple[str, str, str, str]]


def grid(top: int, every: int, say: Callable[[int], str]) -> list[Tick]:
    """The lines across, from nought to ``top``."""
    return [Tick(_percent(100 - 100 * value / top), say(value)) for value in range(0, top + 1, every)]


def scale(most: int) -> tuple[int, int]:
    """The top of a scale of whole numbers, and after how many there is a line: 1, 2 or 5 and noughts, at most five lines."""
    least = max(1, most) / 5
    power = 10 ** max(0, floor(log10(least))) if least >= 1 else 1
    every = int(next(step * power for step in (1, 2, 5, 10) if step * power >= least))
    return max(1, -(-most // every)) * every, every


def scale_of_time(most: int) -> tuple[int, int]:
    """As ``scale``, for seconds: its lines lie at whole minutes, hours and days."""
    every = next((step for step in TIMES if 5 * step >= most), None)
    if every is None:
        days, step = scale(-(-most // words.DAY))
        return days * words.DAY, step * words.DAY
    return max(1, -(-most // every)) * every, every


def below(span: Span) -> list[Tick]:
    """The days below the picture, each at the middle of its step."""
    steps = span.steps
    apart = -(-len(steps) // MOST_TICKS)
    chosen = range(0, len(steps), apart)
    rooms = ("", "wide", "medium", "wide")
    return [Tick(_middle(at, len(steps)), words.tick(steps[at], span), rooms[n % 4]) for n, at in enumerate(chosen)]


def columns(span: Span, counts: Mapping[int, int], top: int) -> list[Column]:
    """One for each step in which there was something."""
    steps = span.steps
    wide = 100 / len(steps)
    return [
        Column(
            x=_percent((at + GAP) * wide),
            y=_percent(100 - 100 * counts[at] / top),
            width=_percent((1 - 2 * GAP) * wide),
            height=_percent(100 * counts[at] / top),
            text=f"{words.step(step, span)}: {words.number(counts[at])}",
            partial=not step.whole,
        )
        for at, step in enumerate(steps)
        if counts.get(at)
    ]


def line(name: str, span: Span, values: Mapping[int, int | None], top: int) -> Line:
    """Of values by step; where there is none, the line is broken."""
    steps = span.steps
    places = {at: _point(at, steps, value, top) for at, value in sorted(values.items()) if value is not None}
    pieces = [(*places[one], *places[other]) for one, other in pairwise(places) if other == one + 1]
    points = [(*place, _says(name, steps[at], span, values[at])) for at, place in places.items()]
    return Line(name, points, pieces)


def across(value: int, top: int) -> str:
    """How far down a line for this value lies."""
    return _percent(100 - 100 * value / top)


def bar(count: int, most: int) -> str:
    """The length of a bar beside its number."""
    return _percent(100 * count / most if most else 0)


def _point(at: int, steps: Sequence[Step], value: int, top: int) -> tuple[str, str]:
    return _middle(at, len(steps)), across(value, top)


def _says(name: str, step: Step, span: Span, seconds: int | None) -> str:
    facts = {"name": name, "when": words.step(step, span), "time": words.duration(seconds)}
    return _("%(name)s, %(when)s: %(time)s") % facts


def _middle(at: int, count: int) -> str:
    return _percent(100 * (at + 0.5) / count)


def _percent(share: float) -> str:
    return f"{share:.2f}%"
