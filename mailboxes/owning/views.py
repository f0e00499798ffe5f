from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from mailboxes.models import Job, Mailbox, MailService
from mailboxes.owning import mailprograms
from mailboxes.provisioning.stores import StoreError, registry
from mailboxes.shelf import Slot, slot_or_404

PROFILE_SALT = "mobileconfig"
PROFILE_SECONDS = 600


@never_cache
@require_safe
def mailbox(request: SignedInRequest, service: str) -> HttpResponse:
    """My mailbox: what is in it, and a password change that is on its way or has come into force."""
    slot = slot_or_404(request, service)
    if slot.mailbox is None or slot.mailbox.state == Mailbox.State.PENDING:
        return redirect("apply", service)
    change = slot.mailbox.jobs.filter(kind=Job.Kind.PASSWORD).exclude(state=Job.State.DROPPED).first()
    return render(request, "mailboxes/mailbox.html", {"slot": slot, "change": change, **_inside(slot.mailbox)})


@never_cache
@require_safe
def ready(request: SignedInRequest, service: str) -> HttpResponse:
    """The end of an application: the address, the letter in it, what to do next."""
    slot = slot_or_404(request, service)
    if slot.mailbox is None or slot.mailbox.state == Mailbox.State.PENDING:
        return redirect("apply", service)
    page = {"slot": slot, "step": 5, "rows": mailprograms.rows(slot.service), **_inside(slot.mailbox)}
    return render(request, "mailboxes/ready.html", page)


@never_cache
@require_safe
def mail_settings(request: SignedInRequest, service: str) -> HttpResponse:
    """What a mail program needs, to type in or to take over."""
    slot = slot_or_404(request, service)
    if slot.mailbox is None or slot.mailbox.state == Mailbox.State.PENDING:
        return redirect("apply", service)
    page = {"slot": slot, "mailbox": slot.mailbox, **_programs(request, slot)}
    return render(request, "mailboxes/mail_settings.html", page)


@login_not_required
@never_cache
@require_safe
def profile(request: HttpRequest, token: str) -> HttpResponse:
    """Apple's profile, without a password, by a link of ten minutes: the telephone that fetches it is not signed in."""
    try:
        pk = signing.loads(token, salt=PROFILE_SALT, max_age=PROFILE_SECONDS)
    except signing.BadSignature:
        return render(request, "mailboxes/profile_expired.html", status=403)
    box = get_object_or_404(Mailbox.objects.select_related("service", "person"), pk=pk)
    return HttpResponse(
        mailprograms.mobileconfig(box),
        content_type="application/x-apple-aspen-config",
        headers={"Content-Disposition": f'attachment; filename="{box.local_part}.mobileconfig"'},
    )


@login_not_required
@require_safe
def autoconfig(request: HttpRequest) -> HttpResponse:
    """Thunderbird asks with ``?emailaddress=somebody@domain``; the answer depends on the domain alone."""
    domain = request.GET.get("emailaddress", "").rpartition("@")[2].lower()
    for service in MailService.objects.exclude(mail_settings={}):
        if domain and service.serves(domain):
            return HttpResponse(mailprograms.autoconfig(service, domain), content_type="text/xml; charset=utf-8")
    raise Http404("No service of that domain")


def _inside(box: Mailbox) -> dict[str, Any]:
    """What the store shows of the mailbox, or that it cannot be asked now: a page never fails because of it."""
    try:
        usage = registry.named(box.service.store).usage(box.address)
    except StoreError as error:
        return {"mailbox": box, "store_problem": error.code}
    percent = round(100 * usage.used / usage.quota) if usage.quota else 0
    totals = {
        "messages": sum(folder.messages for folder in usage.folders),
        "unread": sum(folder.unread for folder in usage.folders),
    }
    return {"mailbox": box, "usage": usage, "percent": percent, "totals": totals}


def _programs(request: HttpRequest, slot: Slot) -> dict[str, Any]:
    if slot.mailbox is None or not mailprograms.has_profile(slot.service):
        return {"rows": mailprograms.rows(slot.service)}
    token = signing.dumps(slot.mailbox.pk, salt=PROFILE_SALT)
    path = reverse("mail-profile", args=[token])
    return {
        "rows": mailprograms.rows(slot.service),
        "profile": path,
        "profile_minutes": PROFILE_SECONDS // 60,
        "qr": mark_safe(mailprograms.qr_svg(request.build_absolute_uri(path))),  # noqa: S308  (our own SVG of our own address)
    }
