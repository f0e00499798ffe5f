from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.contacts import rule, services
from accounts.models import Person


class ContactForm(forms.Form):
    """One more contact address of ``person``."""

    address = forms.CharField(
        max_length=1000, error_messages={"required": _("Write the address at which you can be reached.")}
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_address(self) -> str:
        return services.check(self.person, self.cleaned_data["address"])


class BackupEmailFields(forms.Form):
    """A backup e-mail typed twice, or none; ``cleaned_data`` holds it as ``backup_email``, empty where there is none.

    A form with these fields sets ``person``, and ``address``, which it must not be.
    """

    person: Person
    address: str
    backup_email = forms.CharField(required=False, max_length=1000)
    backup_email_again = forms.CharField(required=False, max_length=1000)

    def clean_backup_email(self) -> str:
        typed = self.cleaned_data["backup_email"]
        if not typed:
            return ""
        found = services.check(self.person, typed)
        if found.lower() == self.address.lower():
            raise rule.own_mailbox()
        return found

    def clean(self) -> dict[str, Any]:
        super().clean()
        again = self.cleaned_data.pop("backup_email_again", "")
        if "backup_email" in self.cleaned_data and again.strip().lower() != self._typed().lower():
            self.add_error(
                "backup_email_again",
                ValidationError(
                    _("The two backup addresses are not the same. Write it once more, or leave both empty."), code="unequal"
                ),
            )
        return self.cleaned_data

    def _typed(self) -> str:
        return str(self.data.get("backup_email", "")).strip()
