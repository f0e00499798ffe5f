import unicodedata
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.lines import Lines
from mailboxes.models import Forwarding, Vacation

LONGEST_ABSENCE = timedelta(days=366)
DAYS = ["%Y-%m-%d", "%Y/%m/%d"]


class ModeForm(forms.Form):
    mode = forms.ChoiceField(
        choices=Forwarding.Mode.choices,
        error_messages={
            "required": _("Choose whether letters shall go on."),
            "invalid_choice": _("Choose whether letters shall go on."),
        },
    )


class TargetForm(forms.Form):
    """One address as it was typed; which ones will do, the service says."""

    # No CharField: its own checks, of NUL for one, would come before the sentences about addresses.
    target = forms.Field(required=False)

    def clean_target(self) -> str:
        if isinstance(self.data, QueryDict) and len(self.data.getlist("target")) > 1:
            raise ValidationError(_("One address at a time, please."), code="one-at-a-time")
        return self.cleaned_data["target"] or ""


class VacationForm(forms.ModelForm[Vacation]):
    """The reply and its days; the texts are plain, and hold no signs that a mail program could take for orders."""

    first_day = forms.DateField(input_formats=DAYS)
    last_day = forms.DateField(input_formats=DAYS)

    class Meta:
        model = Vacation
        fields = ("first_day", "last_day", "subject", "text")
        field_classes: dict[str, Any] = {"text": Lines}  # noqa: RUF012 - Django's own way to write it
        error_messages: dict[str, Any] = {  # noqa: RUF012 - Django's own way to write it
            "subject": {
                "required": _("Write a subject."),
                "max_length": _("The subject can have %(limit_value)s characters, and has %(show_value)s."),
            },
            "text": {
                "required": _("Write what the reply shall say."),
                "max_length": _("The text can have %(limit_value)s characters, and has %(show_value)s."),
            },
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, required in (("first_day", _("Choose the first day.")), ("last_day", _("Choose the last day."))):
            self.fields[name].error_messages |= {"required": required, "invalid": _("Write the day like 2026-12-31.")}

    def clean_subject(self) -> str:
        return _plain(self.cleaned_data["subject"])

    def clean_text(self) -> str:
        return _plain(self.cleaned_data["text"], also="\n\t")

    def clean(self) -> dict[str, Any]:
        days = super().clean() or {}
        first, last = days.get("first_day"), days.get("last_day")
        if first and last:
            if last < first:
                self.add_error("last_day", ValidationError(_("The last day is before the first one."), code="ends-early"))
            elif last < timezone.localdate():
                self.add_error("last_day", ValidationError(_("The last day has passed."), code="passed"))
            elif last - first > LONGEST_ABSENCE:
                self.add_error("last_day", ValidationError(_("A year is the longest."), code="too-long"))
        return days


def _plain(text: str, *, also: str = "") -> str:
    if any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in also for sign in text):
        raise ValidationError(_("There is a sign in it that cannot be seen. Type the text anew here."), code="unseen-sign")
    return text
