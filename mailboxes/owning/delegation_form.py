"""What one says to let another person use folders."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from mailboxes.models import Delegation
from mailboxes.owning.boxes.folders import TURNING, shown_name

NO_DATE = _("Write a date as 2026-11-22.")


class OfferForm(forms.Form):
    """``folders`` are the names that the store gives; the rules about people and days are in ``delegating``."""

    folders = forms.MultipleChoiceField(
        error_messages={
            "required": _("Choose one folder or more."),
            "invalid_choice": _("There is no folder “%(value)s” any more. Choose again."),
        }
    )
    rights = forms.ChoiceField(choices=Delegation.Rights, initial=Delegation.Rights.READ)
    address = forms.CharField(max_length=165, error_messages={"required": _("Type the address of the other person.")})
    first_day = forms.DateField(error_messages={"required": NO_DATE, "invalid": NO_DATE})
    last_day = forms.DateField(error_messages={"required": NO_DATE, "invalid": NO_DATE})
    reason = forms.CharField(
        max_length=200,
        error_messages={"required": _("Say why in a few words. The other person reads it too.")},
    )

    def __init__(self, *args: Any, folders: Sequence[str], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["folders"].choices = [(name, shown_name(name)) for name in folders]  # type: ignore[attr-defined]
        self.fields["first_day"].initial = today

    def clean_reason(self) -> str:
        """On one line, however it was pasted."""
        reason = " ".join(self.cleaned_data["reason"].split())
        if not TURNING.isdisjoint(reason):
            raise ValidationError(
                _("There are signs in it that cannot be seen and turn others around. Type it anew, instead of pasting it."),
                code="bidi",
            )
        return reason

    def offered(self) -> list[tuple[str, str, bool]]:
        """Name, label and whether it is ticked."""
        ticked = set(self["folders"].value() or ())
        return [(name, label, name in ticked) for name, label in self.fields["folders"].choices]  # type: ignore[attr-defined]
