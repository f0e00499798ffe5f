"""The pages of contact addresses. What a link in a letter opens changes nothing by itself: programs open links too."""

from contextlib import suppress

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.addresses import visitor_address
from accounts.contacts import services
from accounts.contacts.forms import ContactForm
from accounts.http import SignedInRequest, require_POST
from accounts.letters import links
from accounts.models import ContactAddress

INVALID = 422  # Unprocessable Content, RFC 9110: understood, and refused with the reasons on the page
STATUS = {"unknown": 404, "not-yours": 403, "gone": 410, "late": 410}
UNDO = {
    "contact-undo-added": services.take_back,
    "contact-undo-removed": services.restore,
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def contacts(request: SignedInRequest) -> HttpResponse:
    """One's own addresses, and a field for one more."""
    form = ContactForm(request.POST if request.method == "POST" else None, person=request.user)
    if form.is_bound and form.is_valid():
        try:
            services.add(
                request.user, form.cleaned_data["address"], now=timezone.now(), visitor=visitor_address(request) or None
            )
        except ValidationError as error:
            form.add_error("address", error)
        else:
            return redirect("contacts")
    page = {"form": form, "contacts": (mine := list(services.mine(request.user))), "now": timezone.now()}
    page["room"] = len(mine) < ContactAddress.MOST
    return render(request, "accounts/contacts.html", page, status=INVALID if form.is_bound else 200)


@never_cache
@require_POST
def ask_again(request: SignedInRequest, contact: int) -> HttpResponse:
    """A new letter with a link."""
    mine = get_object_or_404(services.mine(request.user).select_related("person"), pk=contact)
    try:
        services.ask_again(mine, now=timezone.now(), visitor=visitor_address(request))
    except services.NotPossible:
        return redirect("contacts")
    except ValidationError as error:
        return render(request, "accounts/contact_too_often.html", {"contact": mine, "reason": error.message}, status=429)
    return redirect("contacts")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: SignedInRequest, contact: int) -> HttpResponse:
    """Ask once, then take the address away."""
    mine = services.mine(request.user).select_related("person").filter(pk=contact).first()
    if mine is None:
        return redirect("contacts")
    if request.method != "POST":
        return render(request, "accounts/contact_remove.html", {"contact": mine})
    with suppress(services.NotPossible):  # another window was first
        services.remove(mine, now=timezone.now(), visitor=visitor_address(request))
    return redirect("contacts")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: SignedInRequest) -> HttpResponse:
    """Where the letter leads: its owner presses the button, and the address is confirmed."""
    contact = _of_link(request, "contact-confirm")
    outcome = _to_confirm(request, contact)
    if outcome == "ask" and request.method == "POST" and contact:
        try:
            services.confirm(contact, now=timezone.now(), visitor=visitor_address(request))
            outcome = "confirmed"
        except services.NotPossible:
            outcome = "late"  # between the look and the change
    page = {"contact": contact, "outcome": outcome}
    return render(request, "accounts/contact_confirm.html", page, status=STATUS.get(outcome, 200))


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest, purpose: str) -> HttpResponse:
    """Where a letter to an old address leads. Nobody has to sign in: who needs it may not be able to."""
    contact = _of_link(request, purpose)
    outcome = _to_undo(contact, purpose)
    if outcome == "ask" and request.method == "POST" and contact:
        try:
            UNDO[purpose](contact, now=timezone.now(), visitor=visitor_address(request))
            outcome = "undone"
        except services.NotPossible:
            outcome = "late"
    page = {"contact": contact, "outcome": outcome, "added": purpose == "contact-undo-added"}
    return render(request, "accounts/contact_undo.html", page, status=STATUS.get(outcome, 200))


def _of_link(request: HttpRequest, purpose: str) -> ContactAddress | None:
    """The address that the link is about. Its token is in the query, which no log of ours holds."""
    row_id = links.row_id(purpose, request.GET.get("link", ""))
    return ContactAddress.objects.select_related("person").filter(pk=row_id).first() if row_id else None


def _to_confirm(request: SignedInRequest, contact: ContactAddress | None) -> str:
    if contact is None:
        return "unknown"
    if contact.person != request.user:
        return "not-yours"
    if contact.removed_at:
        return "gone"
    if contact.verified_at:
        return "already"
    return "ask" if timezone.now() < contact.good_until else "late"


def _to_undo(contact: ContactAddress | None, purpose: str) -> str:
    if contact is None:
        return "late"  # forgotten after the days in which it can be undone, if it was a link of ours at all
    changed_at = contact.verified_at if purpose == "contact-undo-added" else contact.removed_at
    if purpose == "contact-undo-added" and contact.removed_at:
        return "already"
    if changed_at is None:
        return "already"
    return "ask" if timezone.now() < changed_at + services.UNDONE_WITHIN else "late"
