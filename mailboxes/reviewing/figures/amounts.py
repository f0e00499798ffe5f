"""The pictures of amounts: what waits, what fails, how strong passwords are, and the mailboxes there are."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from itertools import pairwise

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.password_form import levels
from mailboxes.models import Application, Mailbox, MailService
from mailboxes.reviewing import storewords
from mailboxes.reviewing.figures import words
from mailboxes.reviewing.figures.counting import AGES, OPEN, Counts
from mailboxes.reviewing.figures.tables import Bar, Bars, Group
from mailboxes.reviewing.figures.words import REFUSALS


def waiting(counts: Counts) -> Bars:
    """Those that wait the longest come first."""
    groups = []
    for state in OPEN:
        numbers = [counts.waiting.get((state, age), 0) for age in range(len(AGES) + 1)]
        bars = [Bar(name, number) for name, number in zip(_ages(), numbers, strict=True)] if any(numbers) else []
        groups.append(Group(str(Application.State(state).label), bars))
    return Bars("waiting", _("Waiting now, by state and age"), _("Waiting time"), groups)


def _ages() -> list[str]:
    limits = [words.duration(int(age / timedelta(seconds=1))) for age in AGES]
    least = _("%(time)s or longer") % {"time": limits[0]}
    between = [_("%(least)s to %(most)s") % {"least": less, "most": more} for more, less in pairwise(limits)]
    return [least, *between, _("under %(time)s") % {"time": limits[-1]}]


def failures(counts: Counts, services: list[MailService]) -> Bars:
    names = {service.pk: service.name for service in services}
    campus, county = (
        {code: number for (verb, code), number in counts.refused.items() if verb == wanted}
        for wanted in ("handoff.refused", "county.refused")
    )
    groups = [
        Group(_("Tries at the mail server that failed"), _by_code(counts.failed, storewords.WORDS)),
        Group(_("Jobs that wait now after such a try"), _by_code(counts.stuck, storewords.WORDS)),
        Group(_("Refused sign-ins from the campus"), _by_code(campus, REFUSALS)),
        Group(_("Refused sign-ins from a county or city"), _by_code(county, {})),
        Group(
            _("Applications that a reviewer rejected"), _most_first(Bar(names[pk], n) for pk, n in counts.rejected.items())
        ),
    ]
    return Bars("failures", _("Failures, by cause"), _("Cause"), groups, apart=True)


def strength(counts: Counts, services: list[MailService]) -> Bars:
    """Without the scores that a service takes no password of."""
    groups = []
    for service in services:
        found = {int(score): number for (pk, score), number in counts.strength.items() if pk == service.pk}
        scores = range(min([service.least_score, *found]), 5)
        bars = [Bar(levels()[score], found.get(score, 0), f"{score}/4") for score in scores] if found else []
        groups.append(Group(service.name, bars))
    return Bars("strength", _("Strength of new passwords, by service"), _("Strength"), groups)


def boxes(counts: Counts, services: list[MailService]) -> Bars:
    groups = []
    for service in services:
        found = {state: number for (pk, state), number in counts.boxes.items() if pk == service.pk}
        bars = [Bar(str(state.label), found[state]) for state in Mailbox.State if state in found]
        groups.append(Group(service.name, bars))
    return Bars("mailboxes", _("Mailboxes now, by service and state"), pgettext("of a mailbox", "State"), groups)


def _by_code(numbers: Mapping[str, int], meanings: Mapping[str, object]) -> list[Bar]:
    return _most_first(Bar(capfirst(str(meanings.get(code, ""))), number, code) for code, number in numbers.items())


def _most_first(bars: Iterable[Bar]) -> list[Bar]:
    return sorted(bars, key=lambda bar: (-bar.count, bar.code, bar.words))
