"""What happened to one person, in words, the newest first: events, log-ins at the mail server, answers to reviewers.

No page counts rows or skips any: each begins where the one before it ended, by the moment, the kind of row and its number.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from accounts.listing import is_row_number
from accounts.models import AuditEvent, Person
from mailboxes import verbs
from mailboxes.logins import countries
from mailboxes.models import LoginRecord, Mailbox, Remark
from mailboxes.reviewing.helpdesk.masking import masked

PAGE = 50
FIRST_YEAR, LAST_YEAR = 2000, 2999  # nothing is on record outside, and nothing is worked out for it
LOOKS = ("helpdesk.looked", "helpdesk.checked", "staff.looked")  # so many that they would hide what happened


@dataclass(frozen=True)
class Line:
    """``said`` is what somebody wrote with it; ``who`` did it, in words; the rest is empty where it is not known."""

    when: datetime
    what: str
    said: str
    who: str
    mailbox: str
    address: str
    country: str


@dataclass(frozen=True)
class Kind:
    """Events whose verb begins with one of ``things``, and the other rows that belong to them."""

    label: str | Promise
    things: tuple[str, ...]
    signs_in: tuple[str, ...] = ()
    log_ins: bool = False
    answers: bool = False


SIGN_INS = (
    "handoff.signed-in",
    "handoff.refused",
    "county.signed-in",
    "county.refused",
    "mailbox.signed-in",
    "mailbox.sign-in-failed",
)
OFFICE = ("helpdesk", "letter", "setting", "staff", "evidence", "finding")
KINDS = {
    "applications": Kind(pgettext_lazy("timeline", "Applications"), ("application",), answers=True),
    "mailbox": Kind(pgettext_lazy("timeline", "Mailbox and password"), ("mailbox", "sessions", "folder")),
    "sign-ins": Kind(pgettext_lazy("timeline", "Sign-ins"), (), SIGN_INS, log_ins=True),
    "settings": Kind(
        pgettext_lazy("timeline", "Forwarding, delegation"), ("forwarding", "forward", "vacation", "delegation")
    ),
    "person": Kind(pgettext_lazy("timeline", "Contact addresses, policies, ways in"), ("contact", "policy", "county")),
    "office": Kind(pgettext_lazy("timeline", "The office, letters"), OFFICE),
}


@dataclass(frozen=True)
class Wanted:
    """What somebody has chosen to see; what cannot be meant is as if it were not there."""

    kind: str = ""
    day: date | None = None
    before: tuple[datetime, int, int] | None = None

    @classmethod
    def by(cls, data: Any) -> "Wanted":
        kind = data.get("kind", "")
        try:
            day = date.fromisoformat(data.get("day", ""))
        except ValueError:
            day = None
        if day and (day.year < FIRST_YEAR or day > timezone.localdate()):
            day = None
        return cls(kind if kind in KINDS else "", day, _place(data.get("before", "")))


def page(person: Person, wanted: Wanted) -> tuple[list[Line], str]:
    """At most ``PAGE`` lines, and the place at their end, or empty where none follow."""
    found: list[tuple[tuple[datetime, int, int], Callable[[Any], Line], Any]] = []
    for rank, (rows, moment, line) in enumerate(_sources(person, wanted.kind)):
        shown = _within(rows, moment, rank, wanted).order_by(f"-{moment}", "-pk")[: PAGE + 1]
        found += [((getattr(row, moment), rank, row.pk), line, row) for row in shown]
    found.sort(key=lambda one: one[0], reverse=True)
    lines = [line(row) for _key, line, row in found[:PAGE]]
    if len(found) <= PAGE:
        return lines, ""
    when, its_rank, pk = found[PAGE - 1][0]
    return lines, f"{when:%Y-%m-%dT%H:%M:%S.%f%z}~{its_rank}~{pk}"


Source = tuple[QuerySet[Any], str, Callable[[Any], Line]]


def _sources(person: Person, kind: str) -> Iterator[Source]:
    """Rows, the field of their moment, and how one is said; always the same ones in the same order, some of them empty."""
    chosen = KINDS.get(kind)
    events = AuditEvent.objects.filter(person=person).select_related("actor")
    events = events.filter(verb__in=_verbs(chosen)) if chosen else events.exclude(verb__in=LOOKS)
    yield events, "happened_at", _event
    answers = Remark.objects.filter(application__person=person, kind=Remark.Kind.ANSWERED).select_related("application")
    yield answers if chosen is None or chosen.answers else answers.none(), "written_at", _answer
    # One by one: so each is read in the order of its index.
    for mailbox in Mailbox.objects.filter(person=person).order_by("pk"):
        log_ins = LoginRecord.objects.filter(mailbox=mailbox).select_related("mailbox")
        yield log_ins if chosen is None or chosen.log_ins else log_ins.none(), "happened_at", _log_in


def _verbs(kind: Kind) -> list[str]:
    ours = [verb for verb in verbs.ALL if verb.partition(".")[0] in kind.things and verb not in SIGN_INS]
    return [*ours, *kind.signs_in]


def _within(rows: QuerySet[Any], moment: str, rank: int, wanted: Wanted) -> QuerySet[Any]:
    if wanted.day:
        midnight = timezone.make_aware(datetime.combine(wanted.day, time()))
        rows = rows.filter(**{f"{moment}__gte": midnight, f"{moment}__lt": midnight + timedelta(days=1)})
    if wanted.before:
        when, its_rank, pk = wanted.before
        at_once = Q(**{moment: when}, pk__lt=pk) if rank == its_rank else Q(**{moment: when})
        earlier = Q(**{f"{moment}__lt": when})
        rows = rows.filter(earlier if rank > its_rank else earlier | at_once, **{f"{moment}__lte": when})
    return rows


def _event(event: AuditEvent) -> Line:
    details = {name: masked(value) if name == "target" else value for name, value in event.details.items()}
    if event.actor is None:
        who = "" if event.address else _("the system")  # from an address it was a visitor, whoever that was
    elif event.actor_id == event.person_id:
        who = _("the person")
    else:
        who = event.actor.name or event.actor.subject
    return Line(
        event.happened_at,
        verbs.words(event.verb, details),
        str(details.get("reason", "")),
        who,
        event.mailbox,
        event.address or "",
        countries.name(event.address),
    )


def _answer(remark: Remark) -> Line:
    what = _("Answered a reviewer about %(application)s") % {"application": remark.application}
    return Line(remark.written_at, what, remark.text, _("the person"), "", "", "")


def _log_in(record: LoginRecord) -> Line:
    if record.succeeded:
        what = _("Log-in at the mail server by %(protocol)s")
    elif record.suspended:
        what = _("Log-in by %(protocol)s refused: right password, but suspended")
    else:
        what = _("Log-in by %(protocol)s refused: wrong password")
    what %= {"protocol": record.get_protocol_display()}
    country = countries.name(record.address)
    return Line(record.happened_at, what, "", "", record.mailbox.address, record.address or "", country)


def _place(before: str) -> tuple[datetime, int, int] | None:
    moment, _sign, numbers = before.partition("~")
    rank, _sign, pk = numbers.partition("~")
    try:
        when = parse_datetime(moment)
    except ValueError:
        return None
    numeric = is_row_number(rank) and is_row_number(pk)
    if when is None or when.tzinfo is None or not FIRST_YEAR <= when.year <= LAST_YEAR or not numeric:
        return None
    return when, int(rank), int(pk)
