"""Days, durations and codes as people read them, in the language of the request."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from mailboxes.reviewing.figures.span import Span, Step

MINUTE, HOUR, DAY = 60, 3600, 86400  # seconds
# In the same words as the pages that people saw.
REFUSALS = {
    "malformed": gettext_lazy("This link is damaged"),
    "unknown-key": gettext_lazy("This link cannot be checked"),
    "bad-signature": gettext_lazy("This link has been changed"),
    "wrong-audience": gettext_lazy("This link is for another site"),
    "not-yet-valid": gettext_lazy("This link is dated in the future"),
    "lifetime": gettext_lazy("This link would be good for too long"),
    "expired": gettext_lazy("The link has expired"),
    "ip-mismatch": gettext_lazy("Your network address has changed"),
    "replayed": gettext_lazy("This link has been used already"),
    "account-closed": gettext_lazy("Your account here is closed"),
}


def day(when: date) -> str:
    return date_format(when, "j F Y") if get_language() == "en" else when.isoformat()


def days(first: date, last: date) -> str:
    """As "1 November 2026 to 7 November 2026"."""
    return day(first) if first == last else _("%(first)s to %(last)s") % {"first": day(first), "last": day(last)}


def step(one: Step, span: Span) -> str:
    """For the table: what the step is, or which days of it there are."""
    if span.unit == "month" and one.whole:
        return date_format(one.first, "F Y") if get_language() == "en" else f"{one.first:%Y-%m}"
    if span.unit == "day":
        return f"{day(one.first)} {_weekday(one.first)}"
    return days(one.first, one.last)


def tick(one: Step, span: Span) -> str:
    """Below the picture, short."""
    english = get_language() == "en"
    if span.unit == "month":
        return date_format(one.first, "M Y") if english else f"{one.first:%Y/%m}"
    return date_format(one.first, "j M") if english else f"{one.first.month}/{one.first.day}"


def duration(seconds: int | None) -> str:
    """In the two greatest units that it has; a dash where nothing was measured."""
    if seconds is None:
        return "–"
    for unit, part in ((DAY, HOUR), (HOUR, MINUTE), (MINUTE, 1)):
        if seconds >= unit:
            whole, rest = divmod(seconds, unit)
            words = [_unit(unit) % {"count": whole}]
            if rest // part:
                words.append(_unit(part) % {"count": rest // part})
            return " ".join(words)
    return _unit(1) % {"count": seconds}


def number(count: int) -> str:
    """With commas, also in Chinese, where Django sets none."""
    return f"{count:,}"


def percent(part: int, whole: int) -> str:
    """Rounded down: 100 % is all of them."""
    return f"{100 * part // whole} %" if whole else "–"


def _unit(seconds: int) -> str:
    return {
        DAY: pgettext("duration", "%(count)s d"),
        HOUR: pgettext("duration", "%(count)s h"),
        MINUTE: pgettext("duration", "%(count)s min"),
        1: pgettext("duration", "%(count)s s"),
    }[seconds]


def _weekday(when: date) -> str:
    return date_format(when, "D")
