from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from mailboxes.reviewing.figures.span import Span

PRESETS = (7, 30, 365)  # days until today
USUAL = 30
MOST_YEARS = 10
EARLIEST = date(2000, 1, 1)  # older than any mailbox here
UNREADABLE = _("Write a day as year-month-day, for example 2026-11-22.")


def _day(label: Any) -> forms.DateField:
    picker = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(
        label=label, required=False, input_formats=["%Y-%m-%d"], widget=picker, error_messages={"invalid": UNREADABLE}
    )


class SpanForm(forms.Form):
    """Which days: the last so many, or two days and all between them. ``span`` is what was chosen, once it is valid."""

    days = forms.TypedChoiceField(
        choices=[(days, days) for days in PRESETS],
        coerce=int,
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": _("Choose one of the ranges, or two days.")},
    )
    since = _day(_("From"))
    until = _day(_("Until"))

    def __init__(self, data: Any, *, today: date, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.today = today

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            self.span = self._span(**cleaned)
        return cleaned

    def _span(self, days: int | str, since: date | None, until: date | None) -> Span:
        last = until or self.today
        if last > self.today:
            raise ValidationError({"until": _("That day is still to come. Choose today or a day before.")})
        first = since or max(last, EARLIEST) - timedelta(days=int(days or USUAL) - 1)
        if min(first, last) < EARLIEST:
            raise ValidationError({"since": _("There is nothing that old here. Choose a day of the year 2000 or later.")})
        if first > last:
            raise ValidationError({"since": _("The first day lies after the last one. Exchange the two.")})
        if first < _years_before(last):
            raise ValidationError({"since": _("More than ten years do not fit one picture. Choose a later first day.")})
        return Span(first, last, self.today)

    @property
    def filled(self) -> "SpanForm":
        """The form as it is shown: with the days that were chosen by their number, too."""
        if not self.is_valid():
            return self
        return SpanForm(None, today=self.today, initial={"since": self.span.first, "until": self.span.last})

    @property
    def preset(self) -> int | None:
        """The number of days, where they are the last ones; None for others."""
        return self.span.days if self.span.last == self.today and self.span.days in PRESETS else None


def _years_before(day: date) -> date:
    try:
        return day.replace(year=day.year - MOST_YEARS)
    except ValueError:  # 29 February
        return day.replace(year=day.year - MOST_YEARS, day=28)
