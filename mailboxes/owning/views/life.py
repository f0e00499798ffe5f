"""What owners do about the life of their own mailbox: switch it off and on, have it closed, take that back."""

from contextlib import suppress

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.addresses import visitor_address
from accounts.http import SignedInRequest, require_POST
from accounts.signing_in import way_of
from mailboxes import states
from mailboxes.models import Mailbox
from mailboxes.owning.owner import of_its_owner
from mailboxes.provisioning.life import services
from mailboxes.provisioning.life.standing import COOLING
from mailboxes.shelf import Slot


class ClosingForm(forms.Form):
    """The address, typed: nobody closes a mailbox by a slip."""

    typed = forms.CharField(max_length=200, error_messages={"required": _("Type the address of the mailbox.")})

    def __init__(self, *args: object, address: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.address = address

    def clean_typed(self) -> str:
        typed: str = self.cleaned_data["typed"].strip().lower()
        if typed != self.address:
            raise ValidationError(_("This is another address. Type it as it stands above."), code="another")
        return typed


@require_http_methods(["GET", "HEAD", "POST"])
@of_its_owner
def switch_off(request: SignedInRequest, slot: Slot, mailbox: Mailbox) -> HttpResponse:
    """Ask; then nobody can sign in to the mailbox until its owner switches it on again."""
    if request.method == "POST":
        with suppress(states.NotAllowed):  # the page of the mailbox says how it stands
            services.switch_off(mailbox, now=timezone.now(), address=visitor_address(request))
        return redirect(mailbox)
    if not mailbox.is_in_use:
        return redirect(mailbox)
    page = {"slot": slot, "mailbox": mailbox, "by_mailbox": way_of(request) == f"mailbox:{mailbox.address}"}
    return render(request, "mailboxes/switch_off.html", page)


@require_POST
@of_its_owner
def switch_on(request: SignedInRequest, slot: Slot, mailbox: Mailbox) -> HttpResponse:
    with suppress(states.NotAllowed):
        services.switch_on(mailbox, now=timezone.now(), address=visitor_address(request))
    return redirect(mailbox)


@require_http_methods(["GET", "HEAD", "POST"])
@of_its_owner
def close(request: SignedInRequest, slot: Slot, mailbox: Mailbox) -> HttpResponse:
    """Say what it means, and take the typed address for a yes."""
    if not services.may_ask_to_close(mailbox):
        return redirect(mailbox)
    form = ClosingForm(request.POST if request.method == "POST" else None, address=mailbox.address)
    if form.is_bound and form.is_valid():
        with suppress(states.NotAllowed):
            services.ask_to_close(mailbox, now=timezone.now(), address=visitor_address(request))
        return redirect(mailbox)
    page = {"slot": slot, "mailbox": mailbox, "form": form, "days": COOLING.days, "end": timezone.now() + COOLING}
    return render(request, "mailboxes/close_mailbox.html", page, status=422 if form.is_bound else 200)


@require_POST
@of_its_owner
def take_back_closing(request: SignedInRequest, slot: Slot, mailbox: Mailbox) -> HttpResponse:
    with suppress(states.NotAllowed):
        services.take_back_closing(mailbox, now=timezone.now(), address=visitor_address(request))
    return redirect(mailbox)
