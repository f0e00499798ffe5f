"""The two fields of a new password. templates/components/new_password.html shows them, static/js/password.js helps."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.debug import sensitive_variables

from accounts import strength
from accounts.strength import advice

UNEQUAL = gettext_lazy("The two passwords are not the same. Type the new password once more.")


def _password_field(label: Any, required: Any) -> forms.CharField:
    # No maxlength: a browser would cut a pasted password without a word. No spellcheck: while the password is shown, some
    # browsers send the text of the field to a server for it.
    attrs = {"autocomplete": "new-password", "autocapitalize": "none", "spellcheck": "false", "aria-required": "true"}
    return forms.CharField(
        label=label, strip=False, widget=forms.PasswordInput(attrs=attrs), error_messages={"required": required}
    )


class NewPasswordForm(forms.Form):
    """A password typed twice, by ``rule``, for the person whom ``inputs`` (``strength.inputs_for``) describe.

    ``cleaned_data`` holds it once, as ``password``. It is never shown again, nor named in an error.
    """

    # The required attribute would make browsers say so in their own words and language, elsewhere.
    use_required_attribute = False

    password = _password_field(gettext_lazy("New mailbox password"), gettext_lazy("Type a new password."))
    password_again = _password_field(
        gettext_lazy("New password again"), gettext_lazy("Type the new password a second time.")
    )

    def __init__(self, *args: Any, rule: strength.PasswordRule, inputs: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rule = rule
        self.inputs = inputs
        first, second = self["password"].id_for_label, self["password_again"].id_for_label
        self.fields["password"].widget.attrs["aria-describedby"] = f"{first}_hint {first}_error"
        self.fields["password_again"].widget.attrs["aria-describedby"] = f"{second}_error"
        self.script_id = f"{first}_script"

    @sensitive_variables()
    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        found = strength.problems(password, self.rule, self.inputs)
        if found:
            raise ValidationError(found)
        return password

    @sensitive_variables()
    def clean(self) -> dict[str, Any]:
        super().clean()
        again = self.cleaned_data.pop("password_again", None)
        if again is not None and again != self.cleaned_data.get("password", again):
            self.add_error("password_again", ValidationError(UNEQUAL, code="unequal"))
        return self.cleaned_data

    def requirements(self) -> list[str]:
        """What the fields ask for, to be read before typing."""
        return [*self.rule.requirements(), _("A few unrelated words in a row are safer than one that is hard to remember.")]

    def for_script(self) -> dict[str, Any]:
        """What static/js/password.js needs, in the language of the request."""
        return {
            "worker": static("js/strength-worker.js"),
            "settings": strength.worker_settings(self.rule, self.inputs) | {"library": static("vendor/zxcvbn-4.4.2.js")},
            "levels": _levels(),
            "advice": {code: advice.sentence(code) for code in advice.SENTENCES},
            "anotherWord": advice.ANOTHER_WORD,
            "problems": self.rule.sentences()
            | {
                "required": self.fields["password"].error_messages["required"],
                "required-again": self.fields["password_again"].error_messages["required"],
                "unequal": UNEQUAL,
            },
            "enough": _("You can use this password."),
            "better": _("One more word would make it STRONG."),
            "strength": _("Strength of the password:"),
            "between": strength.between_sentences(),
            "show": [pgettext("a password", "Show"), _("Show the passwords")],
            "hide": [pgettext("a password", "Hide"), _("Hide the passwords")],
        }


def _levels() -> list[str]:
    """The name of each score."""
    return [
        pgettext("password strength", "Too weak"),
        pgettext("password strength", "Weak"),
        pgettext("password strength", "Fair"),
        pgettext("password strength", "GOOD"),
        pgettext("password strength", "STRONG"),
    ]
