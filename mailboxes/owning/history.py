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
    "application.review": gettext_lazy("Application in review"),
    "application.asked": gettext_lazy("Question about the application"),
    "application.pending": gettext_lazy("Mailbox applied for"),
    "application.rejected": gettext_lazy("Application rejected"),
    "application.done": gettext_lazy("Application done"),
    "application.cancelled": gettext_lazy("Application cancelled"),
    "mailbox.pending": gettext_lazy("The same name applied for again"),
    "mailbox.active": gettext_lazy("Mailbox opened"),
    "mailbox.suspended": gettext_lazy("Mailbox suspended"),
    "mailbox.lifted": gettext_lazy("Suspension lifted"),
    "mailbox.leaving": gettext_lazy("End of the mailbox begun, because of the condition"),
    "mailbox.stays": gettext_lazy("End of the mailbox taken back, because of the condition"),
    "mailbox.kept": gettext_lazy("End of the mailbox taken back, in spite of the condition"),
    "mailbox.closing": gettext_lazy("Closing of the mailbox asked for"),
    "mailbox.closing-taken-back": gettext_lazy("Closing of the mailbox taken back"),
    "mailbox.closed": gettext_lazy("Mailbox closed"),
    "mailbox.reopened": gettext_lazy("Mailbox opened again"),
    "mailbox.close-done": gettext_lazy("The mail server knows the mailbox no longer"),
    "mailbox.cancelled": gettext_lazy("Mailbox cancelled before it was opened"),
    "mailbox.password-asked": gettext_lazy("New password asked for"),
    "mailbox.password-done": gettext_lazy("New password in force"),
    "sessions.ended": gettext_lazy("All sessions ended"),
    "folder.emptied": gettext_lazy("Folder emptied"),
    "mailbox.suspend-done": gettext_lazy("The mail server refuses sign-ins"),
    "mailbox.resume-done": gettext_lazy("The mail server lets its owner in again"),
    "mailbox.signed-in": gettext_lazy("Signed in to the portal with the mailbox’s password"),
    "mailbox.sign-in-failed": gettext_lazy("Wrong password for the mailbox at the portal"),
    "forwarding.changed": gettext_lazy("Forwarding switched on, off or over"),
    "forward.asked": gettext_lazy("Forwarding to %(target)s: letter with the link sent"),
    "forward.confirmed": gettext_lazy("Forwarding to %(target)s confirmed there"),
    "forward.declined": gettext_lazy("Forwarding to %(target)s declined there"),
    "forward.removed": gettext_lazy("Forwarding to %(target)s removed"),
    "vacation.on": gettext_lazy("Automatic reply set"),
    "vacation.off": gettext_lazy("Automatic reply taken back"),
    "mailbox.filter-done": gettext_lazy("Forwarding and automatic reply in force"),
    "delegation.offered": gettext_lazy("Folders of %(owner)s offered to %(delegate)s"),
    "delegation.accepted": gettext_lazy("Folders of %(owner)s accepted by %(delegate)s"),
    "delegation.declined": gettext_lazy("Folders of %(owner)s declined by %(delegate)s"),
    "delegation.begun": gettext_lazy("Folders of %(owner)s opened for %(delegate)s"),
    "delegation.stopped": gettext_lazy("Folders of %(owner)s closed for %(delegate)s"),
    "delegation.ended": gettext_lazy("Delegation of %(owner)s to %(delegate)s ended"),
}
OF_THE_PERSON = {
    "policy.agreed": gettext_lazy("Policy agreed to"),
    "policy.declined": gettext_lazy("Policy declined"),
    "county.linked": gettext_lazy("County account linked"),
    "county.unlinked": gettext_lazy("County account removed"),
    "contact.added": gettext_lazy("Contact address added"),
    "contact.confirmed": gettext_lazy("Contact address confirmed"),
    "contact.removed": gettext_lazy("Contact address removed"),
    "contact.restored": gettext_lazy("Removal of a contact address undone"),
    "contact.taken-back": gettext_lazy("Contact address taken back"),
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
    if event.verb.startswith("forward."):
        what %= event.details
    if event.verb.startswith("delegation."):  # of two people, either of whom may have done it
        return Line(event.happened_at, what % event.details, "", "")
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
