from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest, require_POST
from mailboxes import shelf, states
from mailboxes.applying import services
from mailboxes.applying.forms import AnswerForm
from mailboxes.applying.views.wizard import INVALID
from mailboxes.models import Application, Job

PAGES = {
    "held": "mailboxes/held.html",
    "review": "mailboxes/in_review.html",
    "asked": "mailboxes/in_review.html",
    "pending": "mailboxes/progress.html",
    "rejected": "mailboxes/rejected.html",
    "cancelled": "mailboxes/cancelled.html",
}


@never_cache
@require_safe
def application(request: SignedInRequest, reference: str) -> HttpResponse:
    """One's own application as it stands; anybody else's does not exist."""
    found = _open(request, reference) or get_object_or_404(
        Application.objects.select_related("service", "mailbox"), reference=reference, person=request.user
    )
    if found.state == Application.State.DRAFT:
        return redirect("apply", found.service.slug)
    if found.state == Application.State.DONE:
        return redirect("mailbox-ready", found.service.slug)
    page: dict[str, Any] = {"application": found, "service": found.service, "mailbox": found.mailbox}
    page |= {"remarks": list(found.remarks.all()), "form": AnswerForm()}
    if found.state == Application.State.PENDING and found.mailbox and (job := Job.newest(found.mailbox, Job.Kind.CREATE)):
        waited = timezone.now() - job.created_at
        page |= {
            "job": job,
            "seconds": int(waited.total_seconds()),
            "late": waited > timedelta(minutes=found.service.promised_minutes),
            "step": 4,
        }
    return render(request, PAGES[found.state], page)


@never_cache
@require_POST
def answer(request: SignedInRequest, reference: str) -> HttpResponse:
    """What one says to what a reviewer asked."""
    found = get_object_or_404(
        Application.objects.select_related("service", "mailbox"), reference=reference, person=request.user
    )
    form = AnswerForm(request.POST)
    if found.state != Application.State.ASKED:
        return redirect(found)  # answered in another window, or decided meanwhile: the page says how it stands
    if not form.is_valid():
        page: dict[str, Any] = {"application": found, "service": found.service, "mailbox": found.mailbox, "form": form}
        page["remarks"] = list(found.remarks.all())
        return render(request, PAGES[found.state], page, status=INVALID)
    with suppress(states.NotAllowed):  # decided at this very moment, which the page says
        services.answer(found, form.cleaned_data["text"], now=timezone.now())
    return redirect(found)


def _open(request: SignedInRequest, reference: str) -> Application | None:
    """The application from the shelf, which the menu needs anyway."""
    mine = (slot.application for slot in shelf.on(request) if slot.application)
    return next((application for application in mine if application.reference == reference), None)
