"""Letting another person use folders, and using theirs."""

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest
from mailboxes import states
from mailboxes.models import Delegation, Job, Mailbox
from mailboxes.owning import delegating
from mailboxes.owning.boxes.delegation import names
from mailboxes.owning.boxes.folders import place
from mailboxes.owning.delegation_form import OfferForm
from mailboxes.owning.owner import of_its_owner
from mailboxes.provisioning.stores import StoreError, registry
from mailboxes.shelf import Slot

ANSWERS = {"accept": delegating.accept, "decline": delegating.decline}


@require_http_methods(["GET", "HEAD", "POST"])
@of_its_owner
def offer(request: SignedInRequest, slot: Slot, mailbox: Mailbox) -> HttpResponse:
    """Which folders, to whom, from when until when, and why."""
    page = {"slot": slot, "mailbox": mailbox}
    try:
        folders = sorted(registry.named(slot.service.store).shared(mailbox.address), key=place)
    except StoreError as error:
        return render(request, "mailboxes/delegation_offer.html", page | {"problem": error.code})
    now = timezone.now()
    form = OfferForm(request.POST or None, folders=folders, today=timezone.localdate(now))
    if form.is_valid():
        try:
            delegation = delegating.offer(mailbox, now=now, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("delegation", slot.service.slug, delegation.pk)
    return render(request, "mailboxes/delegation_offer.html", page | {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@of_its_owner
def one(request: SignedInRequest, slot: Slot, mailbox: Mailbox, pk: int) -> HttpResponse:
    """One delegation, for either of the two: what it is about, and to accept, decline or end it."""
    delegation = _mine(mailbox, pk)
    is_owner = delegation.mailbox_id == mailbox.pk
    page = {"slot": slot, "mailbox": mailbox, "delegation": delegation, "is_owner": is_owner}
    if request.method == "POST":
        try:
            _act(delegation, request.POST.get("do", ""), request, is_owner=is_owner)
        except ValidationError as error:
            return render(request, "mailboxes/delegation.html", page | _about(delegation) | {"refused": error.messages})
        except states.NotAllowed:
            pass  # the other one was quicker: the page says how it stands now
        return redirect("delegation", slot.service.slug, pk)
    return render(request, "mailboxes/delegation.html", page | _about(delegation))


def _act(delegation: Delegation, what: str, request: SignedInRequest, *, is_owner: bool) -> None:
    now = timezone.now()
    if what == "end":
        delegating.end(delegation, actor=request.user, now=now)
    elif what in ANSWERS and not is_owner:
        ANSWERS[what](delegation, now=now)


def _about(delegation: Delegation) -> dict[str, object]:
    now = timezone.now()
    waiting = Job.objects.filter(mailbox=delegation.mailbox, kind=Job.Kind.SHARE, state=Job.State.WAITING)
    return {
        "folders": names(delegation.folders),
        "rights": Delegation.Rights(delegation.rights).label,
        "state": Delegation.State(delegation.state).label,
        "has_begun": delegation.starts_at <= now,
        "is_over": delegation.ends_at <= now,
        "on_its_way": waiting.exists(),
    }


def _mine(mailbox: Mailbox, pk: int) -> Delegation:
    found = Delegation.objects.select_related("mailbox__person", "mailbox__service", "delegate__person", "delegate__service")
    delegation = found.filter(pk=pk).first()
    if delegation is None or mailbox.pk not in (delegation.mailbox_id, delegation.delegate_id):
        raise Http404(f"No delegation {pk}")
    return delegation
