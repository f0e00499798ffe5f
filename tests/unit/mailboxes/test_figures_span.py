"""Which steps a range of days is shown in, and on which scale."""

from datetime import UTC, date, datetime

import pytest
from django.utils.translation import override

from mailboxes.reviewing.figures import drawing, words
from mailboxes.reviewing.figures.forms import SpanForm
from mailboxes.reviewing.figures.span import Span

TODAY = date(2026, 11, 22)  # a Sunday


def form(**data: str) -> SpanForm:
    return SpanForm(data, today=TODAY)


def span(**data: str) -> Span:
    asked = form(**data)
    assert asked.is_valid(), asked.errors
    return asked.span


def test_nothing_said_means_the_last_thirty_days() -> None:
    found = span()
    assert (found.first, found.last, found.days) == (date(2026, 10, 24), TODAY, 30)
    assert form(days="7").is_valid() and span(days="7").first == date(2026, 11, 16)


def test_one_day_alone_goes_with_the_last_thirty_before_it_or_with_all_until_today() -> None:
    assert span(until="2026-03-31").first == date(2026, 3, 2)
    assert span(since="2026-11-01").last == TODAY


def test_a_day_begins_and_ends_at_midnight_in_taipei() -> None:
    found = span(since="2026-11-21", until="2026-11-22")
    assert found.begins == datetime(2026, 11, 20, 16, tzinfo=UTC)
    assert found.ends == datetime(2026, 11, 22, 16, tzinfo=UTC)
    assert found.edges == [datetime(2026, 11, 21, 16, tzinfo=UTC)]


def test_today_is_not_over_and_yesterday_is() -> None:
    assert [step.whole for step in span(since="2026-11-21", until="2026-11-22").steps] == [True, False]


def test_a_year_is_shown_by_weeks_that_begin_on_monday() -> None:
    found = span(days="365")  # from Sunday, 23 November 2025
    assert found.unit == "week"
    assert len(found.steps) == 53
    first, second, *_others, last = found.steps
    assert (first.first, first.last, first.whole) == (date(2025, 11, 23), date(2025, 11, 23), False)
    assert (second.first, second.last, second.whole) == (date(2025, 11, 24), date(2025, 11, 30), True)
    assert (last.first, last.last, last.whole) == (date(2026, 11, 16), TODAY, False)


def test_ten_years_are_shown_by_months_and_no_day_is_lost_or_counted_twice() -> None:
    found = span(since="2016-11-22", until="2026-11-22")
    assert found.unit == "month"
    assert len(found.steps) == 121
    assert sum((step.last - step.first).days + 1 for step in found.steps) == found.days == 3653
    february = found.steps[3]
    assert (february.first, february.last, february.whole) == (date(2017, 2, 1), date(2017, 2, 28), True)


@pytest.mark.parametrize(
    ("data", "field", "message"),
    [
        ({"since": "2016-11-21"}, "since", "More than ten years"),
        ({"since": "0001-01-01", "until": "0002-01-01"}, "since", "nothing that old"),
        ({"since": "2026-11-02", "until": "2026-11-01"}, "since", "Exchange the two"),
        ({"until": "2026-11-23"}, "until", "still to come"),
        ({"until": "9999-12-31"}, "until", "still to come"),
        ({"since": "22.11.2026"}, "since", "year-month-day"),
        ({"until": "2026-02-30"}, "until", "year-month-day"),
        ({"since": "'; DROP TABLE"}, "since", "year-month-day"),
        ({"days": "3650"}, "days", "Choose one of the ranges"),
        ({"days": "-1"}, "days", "Choose one of the ranges"),
    ],
)
def test_nonsense_is_told_what_to_do(data: dict[str, str], field: str, message: str) -> None:
    asked = form(**data)
    assert not asked.is_valid()
    with override("en"):
        assert message in str(asked.errors[field])


def test_ten_years_from_a_leap_day() -> None:
    asked = SpanForm({"since": "2014-02-28", "until": "2024-02-29"}, today=TODAY)
    assert asked.is_valid(), asked.errors


@pytest.mark.parametrize(
    ("most", "top", "every"),
    [(0, 1, 1), (1, 1, 1), (5, 5, 1), (6, 6, 2), (11, 15, 5), (120, 150, 50), (999_999, 1_000_000, 200_000)],
)
def test_a_scale_begins_at_nought_and_holds_the_most(most: int, top: int, every: int) -> None:
    assert drawing.scale(most) == (top, every)
    ticks = drawing.grid(top, every, str)
    assert (ticks[0].text, ticks[0].at) == ("0", "100.00%")
    assert (ticks[-1].text, ticks[-1].at) == (str(top), "0.00%")


@pytest.mark.parametrize(("most", "top", "every"), [(1, 1, 1), (300, 300, 60), (301, 360, 120), (864_000, 864_000, 172_800)])
def test_a_scale_of_time_has_lines_at_whole_units(most: int, top: int, every: int) -> None:
    assert drawing.scale_of_time(most) == (top, every)


def test_a_line_is_broken_where_nothing_was_measured() -> None:
    found = span(since="2026-11-18", until="2026-11-22")
    line = drawing.line("Median", found, {0: 10, 1: 20, 2: None, 4: 40}, 40)
    assert [(x, y) for x, y, _says in line.points] == [("10.00%", "75.00%"), ("30.00%", "50.00%"), ("90.00%", "0.00%")]
    assert line.pieces == [("10.00%", "75.00%", "30.00%", "50.00%")]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(None, "–"), (0, "0 s"), (59, "59 s"), (60, "1 min"), (200, "3 min 20 s"), (7500, "2 h 5 min"), (97_200, "1 d 3 h")],
)
def test_durations_in_words(seconds: int | None, said: str) -> None:
    with override("en"):
        assert words.duration(seconds) == said
