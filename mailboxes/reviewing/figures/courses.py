"""The pictures over time: how many applications, and how long until their mailboxes were open."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from mailboxes.models import MailService
from mailboxes.reviewing.figures import drawing, words
from mailboxes.reviewing.figures.counting import Counts, Times
from mailboxes.reviewing.figures.drawing import Column, Line, Tick
from mailboxes.reviewing.figures.span import Span
from mailboxes.reviewing.figures.tables import Cell, Table, lasting, whole


@dataclass(frozen=True)
class Columns:
    """``title`` and ``about`` are what a screen reader says of the picture."""

    name: str
    title: str
    about: str
    total: str
    grid: list[Tick]
    below: list[Tick]
    columns: list[Column]


@dataclass(frozen=True)
class Lines:
    """``promises``: where each promised time lies, with its words."""

    title: str
    about: str
    grid: list[Tick]
    below: list[Tick]
    median: Line
    most: Line
    promises: list[Tick]


def per_step(span: Span) -> str:
    """What the picture of applications is called."""
    return {
        "day": _("Applications received, by day"),
        "week": _("Applications received, by week"),
        "month": _("Applications received, by month"),
    }[span.unit]


def received(span: Span, counts: Counts, services: list[MailService]) -> list[Columns]:
    """Of all services together, and of each on the same scale."""
    totals: Counter[int] = Counter()
    by_service: dict[int, dict[int, int]] = {service.pk: {} for service in services}
    for (step, service), number in counts.received.items():
        totals[step] += number
        by_service[service][step] = number
    pictures = [_columns("all", _("All services"), span, totals)]
    if len(services) > 1:
        top = max(totals.values(), default=0)
        pictures += [_columns(each.slug, each.name, span, by_service[each.pk], top) for each in services]
    return pictures


def _columns(name: str, title: str, span: Span, numbers: dict[int, int], most: int | None = None) -> Columns:
    total = sum(numbers.values())
    greatest = max(numbers.values(), default=0)
    top, every = drawing.scale(greatest if most is None else most)
    about = _("Applications in all: %(total)s.") % {"total": words.number(total)}
    if greatest:
        at = next(step for step, number in sorted(numbers.items()) if number == greatest)
        facts = {"most": words.number(greatest), "when": words.step(span.steps[at], span)}
        about = f"{about} " + _("The most, %(most)s: %(when)s.") % facts
    grid, below = drawing.grid(top, every, words.number), drawing.below(span)
    return Columns(name, title, about, words.number(total), grid, below, drawing.columns(span, numbers, top))


def received_table(span: Span, counts: Counts, services: list[MailService]) -> Table:
    rows = []
    for at, step in enumerate(span.steps):
        numbers = [counts.received.get((at, service.pk), 0) for service in services]
        rows.append([Cell(words.step(step, span), words.step(step, span)), *map(whole, numbers), whole(sum(numbers))])
    headings = [_("Days"), *(service.name for service in services), _("All services")]
    return Table("received", per_step(span), headings, rows)


def opened(span: Span, counts: Counts, services: list[MailService]) -> Lines:
    """From Apply to a mailbox in use, of applications that nobody reviews, beside what is promised."""
    promised = sorted({60 * service.promised_minutes for service in services})
    most = max((found.most or 0 for found in counts.opened_by_step.values()), default=0)
    top, every = drawing.scale_of_time(max(most, *promised, 1))
    medians = {step: found.median for step, found in counts.opened_by_step.items()}
    mosts = {step: found.most for step, found in counts.opened_by_step.items()}
    return Lines(
        title=_("Time from Apply to a mailbox in use"),
        about=_summed_up(counts.opened.values()),
        grid=drawing.grid(top, every, words.duration),
        below=drawing.below(span),
        median=drawing.line(_("Median"), span, medians, top),
        most=drawing.line(_("95 in 100"), span, mosts, top),
        promises=[
            Tick(drawing.across(each, top), _("Promised: %(time)s") % {"time": words.duration(each)}) for each in promised
        ],
    )


def _summed_up(found: Iterable[Times]) -> str:
    found = list(found)
    kept, count = sum(times.kept or 0 for times in found), sum(times.count for times in found)
    if not count:
        return _("No mailbox was opened for an application of these days.")
    facts = {"kept": words.number(kept), "count": words.number(count), "share": words.percent(kept, count)}
    return _("%(kept)s of %(count)s mailboxes were open within the time promised (%(share)s).") % facts


def opened_table(counts: Counts, services: list[MailService]) -> Table:
    rows = []
    for service in services:
        times = counts.opened.get(service.pk, Times(0, None, None, 0))
        row = _times_row(service, times, 60 * service.promised_minutes)
        rows.append([*row, whole(counts.not_open_yet.get(service.pk, 0))])
    headings = [*_headings(_("Opened")), _("Not open yet")]
    return Table("opened", _("Time from Apply to a mailbox in use, by service"), headings, rows, _filed(headings))


def reviewed_table(counts: Counts, services: list[MailService]) -> Table:
    """Of the decisions of these days: how long the applications had waited, whoever they waited for."""
    reviewing = [each for each in services if each.review != MailService.Review.NOBODY or each.pk in counts.reviewed]
    none = Times(0, None, None, 0)
    rows = [_times_row(each, counts.reviewed.get(each.pk, none), 3600 * each.reviewed_hours) for each in reviewing]
    headings = _headings(_("Decided"))
    return Table("reviewed", _("Time until a reviewer had decided, by service"), headings, rows, _filed(headings))


def opened_by_step_table(span: Span, counts: Counts) -> Table:
    rows = []
    for at, step in enumerate(span.steps):
        times = counts.opened_by_step.get(at, Times(0, None, None))
        said = words.step(step, span)
        rows.append([Cell(said, said), whole(times.count), lasting(times.median), lasting(times.most)])
    headings = [_("Received"), _("Opened"), _("Median"), _("95 in 100")]
    filed = [*headings[:2], *map(_in_seconds, headings[2:])]
    return Table("opened-by-days", _("Time from Apply to a mailbox in use, by the day of Apply"), headings, rows, filed)


def _times_row(service: MailService, times: Times, promised: int) -> list[Cell]:
    kept = times.kept or 0
    share = Cell(words.percent(kept, times.count), kept, drawing.bar(kept, times.count) if times.count else "")
    spans = [lasting(times.median), lasting(times.most), lasting(promised)]
    return [Cell(service.name, service.name), whole(times.count), *spans, share]


def _headings(counted: str) -> list[str]:
    return [_("Service"), counted, _("Median"), _("95 in 100"), _("Promised"), _("In time")]


def _filed(headings: list[str]) -> list[str]:
    return [*headings[:2], *map(_in_seconds, headings[2:5]), *headings[5:]]


def _in_seconds(heading: str) -> str:
    return _("%(heading)s (seconds)") % {"heading": heading}
