"""The two fields of a new password. templates/components/new_password.html shows them, static/js/password.js helps."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.templatetags.static import static
from django.utils.html import json_script
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from accounts import strength
from accounts.strength import advice

_REQUIRED = gettext_lazy("Type a new password.")
_REQUIRED_AGAIN = gettext_lazy("Type the new password a second time.")
UNEQUAL = gettext_lazy("The two passwords are not the same. Type the new password once more.")


class NewPasswordForm(forms.Form):
    """A password typed twice, by ``rule``, for the person whom ``inputs`` (``strength.inputs_for``) describe.

    ``cleaned_data`` holds it once, as ``password``. It is never shown again, nor named in an error. ``score`` is zxcvbn's,
    for ``cleaned_data`` goes to where the password is used, and what is counted does not belong beside it.
    """

    score: int | None = None

    password = forms.CharField(strip=False, error_messages={"required": _REQUIRED})
    password_again = forms.CharField(strip=False, error_messages={"required": _REQUIRED_AGAIN})

    def __init__(self, *args: Any, rule: strength.PasswordRule, inputs: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rule = rule
        self.inputs = inputs

    @sensitive_variables()
    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        verdict = strength.verdict(password, self.rule, self.inputs)
        if verdict.problems:
            raise ValidationError(verdict.problems)
        self.score = verdict.score
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
        """How static/js/password.js has to judge."""
        return strength.worker_settings(self.rule, self.inputs) | {"library": static("vendor/zxcvbn-4.4.2.js")}

    def words(self) -> str:
        """What static/js/password.js says, in the language of the request: an element with JSON."""
        return _words(get_language(), self.rule)


@lru_cache
def _words(_language: str | None, rule: strength.PasswordRule) -> str:
    """Many sentences, and always the same in one language by one rule."""
    words = {
        "worker": static("js/strength-worker.js"),
        "levels": levels(),
        "advice": {code: advice.sentence(code) for code in advice.SENTENCES},
        "anotherWord": advice.ANOTHER_WORD,
        "problems": rule.sentences()
        | {"required": str(_REQUIRED), "required-again": str(_REQUIRED_AGAIN), "unequal": str(UNEQUAL)},
        "enough": _("You can use this password."),
        "better": _("One more word would make it STRONG."),
        "strength": _("Strength of the password:"),
        "between": strength.between_sentences(),
        "show": [pgettext("a password", "Show"), _("Show the passwords")],
        "hide": [pgettext("a password", "Hide"), _("Hide the passwords")],
    }
    return json_script(words, "password-words")


def levels() -> list[str]:
    """The name of each score."""
    return [
        pgettext("password strength", "Too weak"),
        pgettext("password strength", "Weak"),
        pgettext("password strength", "Fair"),
        pgettext("password strength", "GOOD"),
        pgettext("password strength", "STRONG"),
    ]
