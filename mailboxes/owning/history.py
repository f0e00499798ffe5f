"""使用者紀錄查詢: what happened to one mailbox lately, by kind and day; each kind as the same four columns."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import AuditEvent
from mailboxes import verbs
from mailboxes.logins import countries, records
from mailboxes.models import LoginRecord, Mailbox


@dataclass(frozen=True)
class Line:
    """``address`` and ``country`` are empty where they are not known."""

    when: datetime
    what: str
    address: str
    country: str


@dataclass(frozen=True)
class Kind:
    """``rows(mailbox)`` have ``happened_at``, the newest first; None where nobody tells. ``line`` is of one row."""

    heading: str | Promise
    column: str | Promise  # what ``what`` of its lines is
    rows: Callable[[Mailbox], QuerySet[Any] | None]
    line: Callable[[Any], Line]


def _events(mailbox: Mailbox) -> QuerySet[AuditEvent]:
    concerned = Q(mailbox=mailbox.address, verb__in=verbs.OF_A_MAILBOX) | Q(mailbox="", verb__in=verbs.OF_THE_PERSON)
    return AuditEvent.objects.filter(concerned, person=mailbox.person).order_by("-happened_at", "-pk")


def _event(event: AuditEvent) -> Line:
    what = verbs.words(event.verb, event.details)
    if event.verb.startswith("delegation."):  # of two people, either of whom may have done it
        return Line(event.happened_at, what, "", "")
    if event.actor_id is not None and event.actor_id != event.person_id:
        what = _("%(what)s (by an administrator)") % {"what": what}
    return Line(event.happened_at, what, event.address or "", countries.name(event.address))


def _logins(mailbox: Mailbox, *, succeeded: bool) -> QuerySet[LoginRecord] | None:
    return records.of(mailbox, succeeded=succeeded) if records.are_told(mailbox.service) else None


def _login(record: LoginRecord) -> Line:
    what = record.get_protocol_display()
    if record.suspended:
        what = _("%(protocol)s: right password, but suspended") % {"protocol": what}
    return Line(record.happened_at, what, record.address or "", countries.name(record.address))


PROTOCOL = gettext_lazy("Protocol")
KINDS = {
    "account": Kind(pgettext_lazy("log", "Account management"), pgettext_lazy("log", "What"), _events, _event),
    "successes": Kind(pgettext_lazy("log", "Successful log-ins"), PROTOCOL, partial(_logins, succeeded=True), _login),
    "failures": Kind(pgettext_lazy("log", "Failed log-ins"), PROTOCOL, partial(_logins, succeeded=False), _login),
    # Postfix reports to nobody what its users hand in.
    "sent": Kind(pgettext_lazy("log", "Mail sent"), PROTOCOL, lambda mailbox: None, _login),
}
