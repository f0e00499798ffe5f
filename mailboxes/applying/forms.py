from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts import strength
from accounts.contacts.forms import BackupEmailFields
from accounts.lines import Lines
from accounts.password_form import NewPasswordForm
from mailboxes import names
from mailboxes.applying import services
from mailboxes.models import Remark
from mailboxes.names import Offer
from mailboxes.shelf import Slot


class NameForm(forms.Form):
    """One of the names offered, and no other."""

    name = forms.ChoiceField(
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose one of the names."),
            "invalid_choice": _("That name is not, or no longer, one of the names offered. Choose one of these."),
        },
    )

    def __init__(self, *args: Any, offers: list[Offer], chosen: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        checked = offers[0].name if len(offers) == 1 else chosen
        self.offered = [
            (offer.name, " checked" if offer.name == checked else "", offer.domain, offer.reason) for offer in offers
        ]
        self.fields["name"].choices = [(offer.name, offer.name) for offer in offers]  # type: ignore[attr-defined]


class TypedNameForm(forms.Form):
    """A name of one's own, or the default; ``verdict`` says what became of it once it has been looked up."""

    TOO_MANY = "too-many"

    # No CharField: its own checks would come before the sentences about names.
    name = forms.Field(required=False)

    def __init__(self, *args: Any, slot: Slot, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.slot = slot
        self.verdict: names.Verdict | None = None

    def clean_name(self) -> str:
        if not services.may_look_up(self.slot.person):
            raise ValidationError(_("That was often. Wait a minute, then send the name again."), code=self.TOO_MANY)
        self.verdict = names.checked(self.slot.service, self.slot.person, self.cleaned_data["name"] or "")
        if not self.verdict.is_free:
            raise ValidationError(list(self.verdict.sentences), code=self.verdict.codes[0])
        return self.verdict.name


class ServicePasswordForm(NewPasswordForm):
    """A new password for ``address`` by the rule of the slot's service, judged with what is known of its owner."""

    def __init__(self, *args: Any, slot: Slot, address: str, **kwargs: Any) -> None:
        service, person = slot.service, slot.person
        rule = strength.PasswordRule(
            least_score=service.least_score, least_length=service.least_length, kinds=tuple(service.kinds)
        )
        inputs = strength.inputs_for(
            name=person.name,
            passport_name=person.passport_name,
            number=person.number,
            local_part=address.partition("@")[0],
        )
        super().__init__(*args, rule=rule, inputs=inputs, **kwargs)
        self.address = address


class ApplicationPasswordForm(BackupEmailFields, ServicePasswordForm):
    """The last page of an application; with a backup e-mail where the service asks for one."""

    def __init__(self, *args: Any, slot: Slot, **kwargs: Any) -> None:
        super().__init__(*args, slot=slot, **kwargs)
        self.person = slot.person
        self.asks_backup_email = slot.service.asks_backup_email
        if not self.asks_backup_email:
            del self.fields["backup_email"], self.fields["backup_email_again"]


class AnswerForm(forms.Form):
    """What an applicant says to what a reviewer asked."""

    text = Lines(
        label=_("Your answer"),
        max_length=Remark.LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Write an answer first."), "max_length": _("Write at most 2000 characters.")},
    )
