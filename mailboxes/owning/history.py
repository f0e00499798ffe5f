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
from mailboxes.logins import countries, records
from mailboxes.models import LoginRecord, Mailbox

# What the office did is said to the owner as well; what only concerns how the portal works is not.
OF_A_MAILBOX = {
    "application.held": gettext_lazy("Application given to the helpdesk"),
    "application.pending": gettext_lazy("Mailbox applied for"),
    "application.done": gettext_lazy("Application done"),
    "application.cancelled": gettext_lazy("Application cancelled"),
    "mailbox.pending": gettext_lazy("The same name applied for again"),
    "mailbox.active": gettext_lazy("Mailbox opened, or suspension lifted"),
    "mailbox.suspended": gettext_lazy("Mailbox suspended"),
    "mailbox.cancelled": gettext_lazy("Mailbox cancelled before it was opened"),
    "mailbox.password-asked": gettext_lazy("New password asked for"),
    "mailbox.password-done": gettext_lazy("New password in force"),
    "sessions.ended": gettext_lazy("All sessions ended"),
    "folder.emptied": gettext_lazy("Folder emptied"),
    "mailbox.suspend-done": gettext_lazy("The mail server refuses sign-ins"),
    "mailbox.resume-done": gettext_lazy("The mail server lets its owner in again"),
    "mailbox.signed-in": gettext_lazy("Signed in here with the mailbox password"),
    "mailbox.sign-in-failed": gettext_lazy("Sign-in here with the mailbox password failed"),
    "forward.asked": gettext_lazy("Forwarding address given, letter sent to confirm it"),
    "forward.confirmed": gettext_lazy("Forwarding address confirmed"),
    "forward.declined": gettext_lazy("Forwarding address declined by whoever it belongs to"),
    "forward.removed": gettext_lazy("Forwarding address removed"),
    "forwarding.changed": gettext_lazy("Forwarding changed"),
    "vacation.on": gettext_lazy("Vacation reply set"),
    "vacation.off": gettext_lazy("Vacation reply switched off"),
}
OF_THE_PERSON = {
    "policy.agreed": gettext_lazy("Policy agreed to"),
    "policy.declined": gettext_lazy("Policy declined"),
    "county.linked": gettext_lazy("County account linked"),
    "county.unlinked": gettext_lazy("County account unlinked"),
    "contact.added": gettext_lazy("Contact address added"),
    "contact.confirmed": gettext_lazy("Contact address confirmed"),
    "contact.removed": gettext_lazy("Contact address removed"),
    "contact.restored": gettext_lazy("Contact address taken back in"),
}


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
    concerned = Q(mailbox=mailbox.address, verb__in=OF_A_MAILBOX) | Q(mailbox="", verb__in=OF_THE_PERSON)
    return AuditEvent.objects.filter(concerned, person=mailbox.person).order_by("-happened_at", "-pk")


def _event(event: AuditEvent) -> Line:
    what = str((OF_A_MAILBOX | OF_THE_PERSON)[event.verb])
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
