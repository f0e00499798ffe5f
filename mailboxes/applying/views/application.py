from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from mailboxes.models import Application, Job

PAGES = {"held": "mailboxes/held.html", "pending": "mailboxes/progress.html", "cancelled": "mailboxes/cancelled.html"}


@never_cache
@require_safe
def application(request: SignedInRequest, reference: str) -> HttpResponse:
    """One's own application as it stands; anybody else's does not exist."""
    found = get_object_or_404(
        Application.objects.select_related("service", "mailbox"), reference=reference, person=request.user
    )
    if found.state == Application.State.DRAFT:
        return redirect("apply", found.service.slug)
    if found.state == Application.State.DONE:
        return redirect("mailbox-ready", found.service.slug)
    page: dict[str, Any] = {"application": found, "service": found.service, "mailbox": found.mailbox}
    if found.state == Application.State.PENDING and found.mailbox and found.submitted_at:
        now = timezone.now()
        promised = timedelta(minutes=found.service.promised_minutes)
        page |= {
            "job": found.mailbox.jobs.filter(kind=Job.Kind.CREATE).first(),
            "seconds": int((now - found.submitted_at).total_seconds()),
            "late": now - found.submitted_at > promised,
            "step": 4,
        }
    return render(request, PAGES[found.state], page)
