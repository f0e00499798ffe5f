"""The days that the pictures show, in as many steps as a picture has room for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

DAY = timedelta(days=1)
MOST_DAYS, MOST_WEEKS = 92, 106  # steps; what is longer is shown by weeks, and then by months


@dataclass(frozen=True)
class Step:
    """Some days, both ends among them. One that is not whole, or not over, is lower than its neighbours for that alone."""

    first: date
    last: date
    whole: bool


@dataclass(frozen=True)
class Span:
    """Days as they are here (``TIME_ZONE``), both ends among them; ``today`` is the day on which somebody asks."""

    first: date
    last: date
    today: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def unit(self) -> str:
        """What a step is: "day", "week" (from Monday, ISO 8601) or "month"."""
        if self.days <= MOST_DAYS:
            return "day"
        return "week" if self.days <= 7 * (MOST_WEEKS - 1) else "month"

    @property
    def steps(self) -> list[Step]:
        return list(self._steps())

    @property
    def begins(self) -> datetime:
        return midnight(self.first)

    @property
    def ends(self) -> datetime:
        """The first moment that no longer belongs to it."""
        return midnight(self.last + DAY)

    @property
    def edges(self) -> list[datetime]:
        """When each step but the first begins."""
        return [midnight(step.first) for step in self.steps[1:]]

    def _steps(self) -> Iterator[Step]:
        first = self.first
        while first <= self.last:
            begin, end = self._around(first)
            yield Step(first, min(end, self.last), begin >= self.first and end <= self.last and end < self.today)
            first = end + DAY

    def _around(self, day: date) -> tuple[date, date]:
        """The first and the last day of the whole step that a day lies in."""
        if self.unit == "day":
            return day, day
        if self.unit == "week":
            monday = day - timedelta(days=day.weekday())
            return monday, monday + 6 * DAY
        begin = day.replace(day=1)
        return begin, (begin + timedelta(days=31)).replace(day=1) - DAY


def midnight(day: date) -> datetime:
    """When a day begins here."""
    return timezone.make_aware(datetime.combine(day, time.min))
