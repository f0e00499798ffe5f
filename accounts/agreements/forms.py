from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.agreements.versions import others
from accounts.models import Policy, PolicyVersion

LOCAL = "%Y-%m-%dT%H:%M"  # of <input type="datetime-local">


def text_field(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        widget=forms.Textarea(attrs={"rows": 18}),
        error_messages={"required": _("Write the text in both languages: people agree to what they can read.")},
    )


class VersionForm(forms.Form):
    """A version with both texts; ``in_force_from`` is aware, or None for "as soon as it is saved"."""

    label = forms.SlugField(label=_("version"), max_length=20, help_text=_("For example 2026-08."))
    in_force_from = forms.DateTimeField(
        label=_("in force from"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL),
        help_text=_("In local time. Empty: as soon as it is saved."),
    )
    text_zh = text_field(_("text (Chinese)"))
    text_en = text_field(_("text (English)"))

    def __init__(
        self, data: Any = None, *, policy: Policy, version: PolicyVersion | None = None, now: datetime, **kwargs: Any
    ) -> None:
        """``version`` is the one that is to be changed; a new one begins with the texts of the newest."""
        super().__init__(data, initial=_initial(version, policy), **kwargs)
        self.policy, self.version, self.now = policy, version, now
        for name in self.fields:
            described = [f"id_{name}_help"] if self.fields[name].help_text else []
            if data is not None and name in self.errors:
                described.append(f"id_{name}_error")
                self.fields[name].widget.attrs["aria-invalid"] = "true"
            if described:
                self.fields[name].widget.attrs["aria-describedby"] = " ".join(described)

    def clean_label(self) -> str:
        label: str = self.cleaned_data["label"]
        if others(self.policy, self.version).filter(label=label).exists():
            raise ValidationError(_("This policy has a version of that name. Choose another one."), code="label-taken")
        return label

    def clean_in_force_from(self) -> datetime | None:
        moment: datetime | None = self.cleaned_data["in_force_from"]
        if moment is not None and moment < self.now:
            text = _("That moment is past. Write a later one, or none: then the version is in force as soon as it is saved.")
            raise ValidationError(text, code="past")
        if moment is not None and others(self.policy, self.version).filter(in_force_from=moment).exists():
            text = _("Another version of this policy is in force from that very moment. Choose another one.")
            raise ValidationError(text, code="moment-taken")
        return moment

    def clean_text_zh(self) -> str:
        return self._text("text_zh")

    def clean_text_en(self) -> str:
        return self._text("text_en")

    def _text(self, name: str) -> str:
        """With line ends as in a file, so that its SHA-256 is the same everywhere."""
        text: str = self.cleaned_data[name].replace("\r\n", "\n").replace("\r", "\n")
        size, most = len(text.encode()), PolicyVersion.LONGEST
        if size > most:
            raise ValidationError(
                _("The text has %(size)s KB, and may have at most %(most)s. Shorten it."),
                params={"size": -(-size // 1024), "most": most // 1024},
                code="too-long",
            )
        return text


def _initial(version: PolicyVersion | None, policy: Policy) -> dict[str, Any]:
    if version:
        return {name: getattr(version, name) for name in VersionForm.base_fields}
    newest = policy.versions.order_by("in_force_from").last()
    return {"text_zh": newest.text_zh, "text_en": newest.text_en} if newest else {}
