from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts import searching
from mailboxes.reviewing.forms import reason_field


class FindForm(forms.Form):
    q = forms.CharField(
        label=_("Who is on the telephone?"),
        max_length=100,
        error_messages={"required": _("Write a number, a name, an address or a reference first.")},
    )

    def clean_q(self) -> str:
        words: str = self.cleaned_data["q"]
        if not searching.terms_of(words):
            raise ValidationError(_("That is too little: write two letters or digits at least, or one Chinese character."))
        return words


class CallerForm(forms.Form):
    code = forms.CharField(
        label=_("Code that the caller reads out"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class GoOnForm(forms.Form):
    reason = reason_field(_("What the applicant should know, as they read it"))
