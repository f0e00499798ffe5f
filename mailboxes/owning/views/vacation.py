"""The automatic reply while somebody is away."""

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.addresses import visitor_address
from accounts.http import SignedInRequest
from mailboxes.models import Job, Mailbox
from mailboxes.owning.forwarding import services, vacations
from mailboxes.owning.forwarding.forms import VacationForm
from mailboxes.owning.owner import of_its_owner
from mailboxes.shelf import Slot


@require_http_methods(["GET", "HEAD", "POST"])
@of_its_owner
def vacation(request: SignedInRequest, slot: Slot, mailbox: Mailbox) -> HttpResponse:
    """What the reply says and on which days; switched on when it is saved, and off by a button of its own."""
    kept = vacations.of(mailbox)
    kept.mailbox = mailbox
    was_on = kept.is_on
    is_off = request.POST.get("answer") == "off"
    form = VacationForm(request.POST if request.method == "POST" and not is_off else None, instance=kept)
    address, now = visitor_address(request), timezone.now()
    try:
        if is_off:
            vacations.switch_off(kept, address=address, now=now)
            return redirect("vacation", slot.service.slug)
        if form.is_bound and form.is_valid():
            vacations.switch_on(form.instance, address=address, now=now)
            return redirect("vacation", slot.service.slug)
    except ValidationError as error:
        form = form if form.is_bound else VacationForm(request.POST, instance=kept)
        form.add_error(None, error)
    page = {
        "slot": slot,
        "mailbox": mailbox,
        "form": form,
        "kept": kept,
        "is_on": was_on,
        "is_possible": services.is_possible(mailbox),
        "change": Job.newest(mailbox, Job.Kind.FILTER),
    }
    return render(request, "mailboxes/vacation.html", page, status=422 if form.is_bound else 200)
