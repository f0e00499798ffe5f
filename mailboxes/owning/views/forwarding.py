"""Where letters go on to: the owner's page, and what its buttons do."""

from collections.abc import Callable

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.addresses import visitor_address
from accounts.http import SignedInRequest, require_POST
from mailboxes.models import Forward, Job, Mailbox
from mailboxes.models.forwarding import PLACES
from mailboxes.owning.forwarding import services
from mailboxes.owning.forwarding.forms import ModeForm, TargetForm
from mailboxes.owning.owner import of_its_owner
from mailboxes.shelf import Slot


@require_http_methods(["GET", "HEAD", "POST"])
@of_its_owner
def forwarding(request: SignedInRequest, slot: Slot, mailbox: Mailbox) -> HttpResponse:
    """Whether letters go on, and whether a copy stays; the addresses, each with what has become of it."""
    form = ModeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        mode = form.cleaned_data["mode"]
        return _done(request, slot, mailbox, form, None, lambda **at: services.set_mode(mailbox, mode, **at))
    return _page(request, slot, mailbox, form)


@require_POST
@of_its_owner
def add(request: SignedInRequest, slot: Slot, mailbox: Mailbox) -> HttpResponse:
    form = TargetForm(request.POST)
    if not form.is_valid():
        return _page(request, slot, mailbox, form)
    typed = form.cleaned_data["target"]
    return _done(request, slot, mailbox, form, "target", lambda **at: services.add(mailbox, typed, **at))


@require_POST
@of_its_owner
def ask_again(request: SignedInRequest, slot: Slot, mailbox: Mailbox, forward: int) -> HttpResponse:
    found = _own(mailbox, forward)
    return _done(request, slot, mailbox, forms.Form({}), None, lambda **at: services.ask_again(found, **at))


@require_POST
@of_its_owner
def remove(request: SignedInRequest, slot: Slot, mailbox: Mailbox, forward: int) -> HttpResponse:
    found = _own(mailbox, forward)
    return _done(request, slot, mailbox, forms.Form({}), None, lambda **at: services.remove(found, **at))


def _own(mailbox: Mailbox, pk: int) -> Forward:
    forward = get_object_or_404(Forward, pk=pk, mailbox=mailbox)
    forward.mailbox = mailbox
    return forward


def _done(
    request: SignedInRequest,
    slot: Slot,
    mailbox: Mailbox,
    form: forms.Form,
    field: str | None,
    service: Callable[..., object],
) -> HttpResponse:
    """The page anew once the service has done it; or with the reason, at that field, why it has not."""
    try:
        service(address=visitor_address(request), now=timezone.now())
    except ValidationError as error:
        form.is_valid()
        form.add_error(field, error)
        return _page(request, slot, mailbox, form)
    return redirect("forwarding", slot.service.slug)


def _page(request: SignedInRequest, slot: Slot, mailbox: Mailbox, form: forms.Form) -> HttpResponse:
    forwards, now = list(mailbox.forwards.all()), timezone.now()
    page = {
        "slot": slot,
        "mailbox": mailbox,
        "form": form,
        "mode": services.mode_of(mailbox),
        "is_possible": services.is_possible(mailbox),
        "forwards": [(forward, forward.good_until < now) for forward in forwards],
        "is_forwarding": any(forward.confirmed_at for forward in forwards),
        "is_full": len(forwards) == len(PLACES),
        "refusals": mailbox.forward_refusals.all(),
        "change": Job.newest(mailbox, Job.Kind.FILTER),
    }
    return render(request, "mailboxes/forwarding.html", page, status=422 if form.is_bound else 200)
