from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.debug import sensitive_variables

from accounts.models import Person
from accounts.password_form import UNEQUAL

# No colon: the names of people of the campus and of counties have one, so that none of theirs can be taken.
NAME = RegexValidator(
    r"^[a-z][a-z0-9._-]{1,30}$",
    _("Write 2 to 31 small letters, digits, dots, dashes and underscores, beginning with a letter."),
)
TAKEN = _("There is an account of that name already. Choose another name.")
WORDS: dict[str, Any] = {
    "administrator": _("Administrator: everything, and who may do what"),
    "reviewer": _("Reviewer: decides about applications"),
    "helpdesk": _("Helpdesk: answers questions, sends letters again"),
    "auditor": _("Auditor: sees everything, changes nothing"),
}


class RolesField(forms.ModelMultipleChoiceField[Group]):
    def label_from_instance(self, group: Group) -> str:
        return str(WORDS.get(group.name, group.name))


class PasswordForm(forms.Form):
    """The password that its new holder is told; the site's own validators judge it."""

    password = forms.CharField(
        label=_("Password to begin with"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Twelve characters at least. Tell it to its holder and to nobody else; they can change it."),
    )
    password_again = forms.CharField(
        label=_("The password once more"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    @sensitive_variables()
    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password

    @sensitive_variables()
    def clean(self) -> dict[str, Any]:
        super().clean()
        again = self.cleaned_data.pop("password_again", None)
        if again is not None and again != self.cleaned_data.get("password", again):
            self.add_error("password_again", UNEQUAL)
        return self.cleaned_data


class AccountForm(forms.Form):
    stamp = forms.CharField(widget=forms.HiddenInput, required=False)  # without it, the account is taken for changed
    name = forms.CharField(label=_("Name"), max_length=100)
    groups = RolesField(
        label=pgettext_lazy("staff", "Roles"),
        queryset=Group.objects.order_by("pk"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    is_active = forms.BooleanField(
        label=_("The account is open"), required=False, help_text=_("A closed account cannot sign in; nothing is deleted.")
    )


class NewAccountForm(PasswordForm):
    username = forms.CharField(label=_("User name"), validators=[NAME], help_text=NAME.message)
    name = forms.CharField(label=_("Name"), max_length=100)
    groups = RolesField(
        label=pgettext_lazy("staff", "Roles"),
        queryset=Group.objects.order_by("pk"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    field_order = ("username", "name", "groups", "password", "password_again")

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        if Person.objects.filter(username=username).exists():
            raise ValidationError(TAKEN)
        return username
