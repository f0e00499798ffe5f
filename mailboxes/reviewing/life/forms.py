from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mailboxes.models import Mailbox

CAUSES = [(cause.value, cause.label) for cause in (Mailbox.Cause.THEFT, Mailbox.Cause.RULE)]


def reason_field(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=Mailbox.LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": _("Write a reason: the owner has to know what to do."),
            "max_length": _("Write at most 2000 characters."),
        },
    )


class SuspendForm(forms.Form):
    cause = forms.ChoiceField(label=_("Why"), choices=CAUSES)
    reason = reason_field(_("Reason, as the owner reads it"))


class LiftForm(forms.Form):
    """After theft, without a new password, only for whoever ticks that they know."""

    anyway = forms.BooleanField(label=_("Lift it all the same: the old password holds again"), required=False)

    def __init__(self, *args: Any, needs_anyway: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if needs_anyway:
            field = self.fields["anyway"]
            field.required = True
            field.error_messages["required"] = _(
                "The owner has set no new password since the suspension. Wait for that, or tick the box."
            )
        else:
            del self.fields["anyway"]


class CloseForm(forms.Form):
    reason = reason_field(_("Reason, as the owner reads it"))


class BulkSuspendForm(forms.Form):
    """Each owner reads the reason in their own language."""

    cause = forms.ChoiceField(label=_("Why"), choices=CAUSES)
    reason_zh = reason_field(_("Reason in Chinese"))
    reason_en = reason_field(_("Reason in English"))
