import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

ADDRESS = re.compile(r"[a-z0-9._-]{1,64}@[a-z0-9.-]{1,100}")  # all that a mailbox of ours can be called


class MailboxSignInForm(forms.Form):
    """The address as one would have it: in small letters, full-width forms made ordinary. The password as it was typed."""

    # No CharFields: their own checks would come before ours, in words of their own.
    address = forms.Field(error_messages={"required": _("Type the address of your mailbox.")})
    password = forms.Field(error_messages={"required": _("Type the password of your mailbox.")})

    def clean_address(self) -> str:
        typed: Any = self.cleaned_data["address"]
        address = unicodedata.normalize("NFKC", typed).strip().lower()
        if not ADDRESS.fullmatch(address):
            raise ValidationError(
                _("Type the whole address: the name, the sign @ and all that follows it."), code="not-whole"
            )
        return address
