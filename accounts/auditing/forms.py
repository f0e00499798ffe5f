from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.auditing import finding

KINDS = {
    "application": _("Applications"),
    "audit": _("The events themselves"),
    "contact": _("Contact addresses"),
    "county": _("Sign-ins and accounts of counties"),
    "delegation": _("Delegations"),
    "evidence": _("Evidence of agreement"),
    "finding": _("Differences from the mail server"),
    "folder": _("Folders of a mailbox"),
    "forward": _("Addresses that letters are forwarded to"),
    "forwarding": _("Forwarding"),
    "handoff": _("Sign-ins from the campus"),
    "helpdesk": _("Looks of the helpdesk"),
    "key": _("Keys of the hand-off"),
    "letter": _("Letters to people"),
    "list": _("Exports of lists"),
    "mailbox": _("Mailboxes"),
    "mailboxes": _("Comparisons with the mail server"),
    "people": _("Imports of people"),
    "policy": _("Policies agreed to"),
    "sessions": _("Sessions of mail programs"),
    "setting": _("Settings"),
    "staff": _("Accounts and sign-ins of the staff"),
    "vacation": _("Automatic replies"),
}


class EventForm(forms.Form):
    """The filters of the events, as they stand in its address; what makes no sense is left out, and said."""

    q = forms.CharField(label=_("Number, name, mail address or reference"), required=False, max_length=320)
    by = forms.CharField(label=_("Done by (number or name)"), required=False, max_length=100)
    kind = forms.ChoiceField(label=pgettext_lazy("audit", "Kind"), required=False)
    address = forms.GenericIPAddressField(label=_("From address"), required=False)
    first = forms.DateField(label=_("From this day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_("To this day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = [(kind, f"{KINDS[kind]} ({kind})" if kind in KINDS else kind) for kind in finding.kinds()]
        self.fields["kind"].choices = [("", pgettext_lazy("filter", "any")), *found]  # type: ignore[attr-defined]

    def filters(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data
