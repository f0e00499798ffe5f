"""What a finding says on each side, in the words of whoever reads it."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from mailboxes.models import Finding, Mailbox

MB = 1024 * 1024
SERVER: dict[str, Promise] = {
    "open": pgettext_lazy("mail server", "lets its owner in"),
    "suspended": pgettext_lazy("mail server", "suspended"),
    "begun": pgettext_lazy("mail server", "begun, and never finished"),
    "none": pgettext_lazy("mail server", "has no such mailbox"),
    "unknown": gettext_lazy("the mail database has it, and Dovecot does not know it"),
    "other": gettext_lazy("Dovecot sees another account than the mail database has"),
    "alone": gettext_lazy("Dovecot knows it, and the mail database does not"),
}
STATES = dict(Mailbox.State.choices)


def portal(finding: Finding) -> str:
    if finding.kind == Finding.Kind.EXTRA:
        return _("knows no such mailbox")
    return _said(finding.kind, finding.portal_says, STATES)


def server(finding: Finding) -> str:
    return _said(finding.kind, finding.server_says, SERVER)


def _said(kind: str, value: str, words: Mapping[str, Promise | str]) -> str:
    if kind == Finding.Kind.QUOTA:
        return f"{int(value) / MB:,.0f} MB" if int(value) % MB == 0 else f"{int(value):,} octets"
    if kind == Finding.Kind.FORWARDING:
        return _script(value)
    if kind == Finding.Kind.DELEGATION:
        return value or _("nobody")
    return str(words.get(value, value))


def _script(value: str) -> str:
    """The parts of ``expected.digest``."""
    if not value:
        return _("nothing is forwarded or answered")
    *parts, mark = value.split("; ")
    said = [
        _("an automatic reply") if part == "vacation" else _("to %(address)s") % {"address": part.removeprefix("redirect ")}
        for part in parts
    ]
    return pgettext("list", ", ").join([*said, _("script %(mark)s") % {"mark": mark}])
