import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import conditions
from mailboxes import names
from mailboxes.models import Application, MailService, Remark
from mailboxes.names.refusing import SENTENCES
from mailboxes.reviewing import queue

MOST_NAMES = 8
LONGEST_NAME = 40  # as many of that length fit into Application.offered_names
ANY = [("", pgettext_lazy("filter", "any"))]
STATES = [
    ("", _("Waiting for a reviewer")),
    ("asked", _("Waiting for the applicant’s answer")),
    ("held", _("Without a name")),
    ("all", _("All that wait")),
]


def reason_field(label: Any, *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=Remark.LONGEST,
        required=required,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": _("Write a reason: the applicant has to know what to do."),
            "max_length": _("Write at most 2000 characters."),
        },
    )


class QueueForm(forms.Form):
    """The filters of the queue, as they stand in its address; what makes no sense is left out."""

    q = forms.CharField(label=_("Number, name or address"), required=False, max_length=100)
    state = forms.ChoiceField(label=_("State of the application"), choices=STATES, required=False)
    service = forms.ModelChoiceField(MailService.objects.all(), label=_("Service"), required=False, empty_label=ANY[0][1])
    condition = forms.ChoiceField(label=_("Condition"), required=False)
    warning = forms.ChoiceField(label=_("Warning"), choices=[*ANY, *Application.Warning.choices], required=False)
    unit = forms.CharField(label=_("Unit"), required=False, max_length=100, widget=forms.Select)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = [(word, f"{word} ({meaning})") for word, meaning in conditions.WORDS.items()]
        self.fields["condition"].choices = [*ANY, *words]  # type: ignore[attr-defined]
        # One of which nobody waits any more stays the filter: nobody else's applications come up in its place.
        units = sorted({*queue.units(), self.data.get("unit", "")} - {""})
        self.fields["unit"].widget.choices = [*ANY, *zip(units, units, strict=True)]

    def filters(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data


class ApproveForm(forms.Form):
    reason = reason_field(_("Note for the applicant (may be empty)"), required=False)


class RejectForm(forms.Form):
    reason = reason_field(_("Reason, as the applicant reads it"))


class AskForm(forms.Form):
    reason = reason_field(_("What the applicant has to answer"))


class OfferForm(forms.Form):
    """Other names to choose from, each of which the applicant can have now; that is seen again when they choose."""

    names = forms.CharField(
        label=_("Names to choose from, one a line"),
        widget=forms.Textarea(attrs={"rows": 3, "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": _("Write at least one name.")},
    )
    reason = reason_field(_("Note for the applicant (may be empty)"), required=False)

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.application = application

    def clean_names(self) -> list[str]:
        wanted = list(dict.fromkeys(re.split(r"[\s,，、;；]+", self.cleaned_data["names"].strip(" \t\r\n,，、;；").lower())))
        if len(wanted) > MOST_NAMES:
            raise ValidationError(_("Offer at most %(most)s names."), params={"most": MOST_NAMES}, code="too-many")
        of = self.application
        try:
            refused = names.refused(of.service, of.person, wanted, given_up=of.mailbox)
        except names.NoUsableName as error:
            raise ValidationError(str(error), code=error.code) from error
        refused |= {name: "unfit" for name in wanted if len(name) > LONGEST_NAME}
        if refused:
            raise ValidationError(
                [ValidationError(SENTENCES[code], params={"name": name}, code=code) for name, code in refused.items()]
            )
        return wanted


class BulkRejectForm(forms.Form):
    """Each person reads the reason in their own language."""

    reason_zh = reason_field(_("Reason in Chinese"))
    reason_en = reason_field(_("Reason in English"))
