from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from mailboxes.models import Job, Mailbox, MailService
from mailboxes.owning import mailprograms
from mailboxes.provisioning.stores import StoreError, registry
from mailboxes.shelf import Slot, slot_or_404

PROFILE_SALT = "mobileconfig"
PROFILE_SECONDS = 600
FOLDERS = {
    "INBOX": _("Inbox"),
    "Sent": pgettext_lazy("folder", "Sent"),
    "Drafts": _("Drafts"),
    "Trash": _("Trash"),
    "Junk": _("Junk"),
}


def _of_its_owner(view: Callable[[SignedInRequest, Slot, Mailbox], HttpResponse]) -> Callable[..., HttpResponse]:
    """A page about one's own mailbox; who has none that is open is sent to apply for it."""

    @never_cache
    @require_safe
    @wraps(view)
    def page(request: SignedInRequest, service: str) -> HttpResponse:
        slot = slot_or_404(request, service)
        if slot.mailbox is None or slot.mailbox.state == Mailbox.State.PENDING:
            return redirect("apply", service)
        return view(request, slot, slot.mailbox)

    return page


@_of_its_owner
def mailbox(request: SignedInRequest, slot: Slot, mailbox: Mailbox) -> HttpResponse:
    """My mailbox: what is in it, and a password change that is on its way or has come into force."""
    change = Job.newest(mailbox, Job.Kind.PASSWORD)
    return render(
        request,
        "mailboxes/mailbox.html",
        {"slot": slot, "change": change, "state": Mailbox.State(mailbox.state).label, **_inside(mailbox)},
    )


@_of_its_owner
def ready(request: SignedInRequest, slot: Slot, mailbox: Mailbox) -> HttpResponse:
    """The end of an application: the address, the letter in it, what to do next."""
    page = {"slot": slot, "step": 5, "rows": mailprograms.rows(slot.service), **_inside(mailbox)}
    return render(request, "mailboxes/ready.html", page)


@_of_its_owner
def mail_settings(request: SignedInRequest, slot: Slot, mailbox: Mailbox) -> HttpResponse:
    """What a mail program needs, to type in or to take over."""
    page: dict[str, Any] = {"slot": slot, "mailbox": mailbox, "rows": mailprograms.rows(slot.service)}
    if mailprograms.has_profile(slot.service):
        page |= {"profile": _profile_link(mailbox), "profile_minutes": PROFILE_SECONDS // 60}
    return render(request, "mailboxes/mail_settings.html", page)


@_of_its_owner
def profile_code(request: SignedInRequest, slot: Slot, mailbox: Mailbox) -> HttpResponse:
    """The QR code that carries the link of the profile to a telephone: an SVG image."""
    if not mailprograms.has_profile(slot.service):
        raise Http404("No profile")
    link = request.build_absolute_uri(_profile_link(mailbox))
    return HttpResponse(mailprograms.qr_svg(link), content_type="image/svg+xml")


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
    folders = [
        (str(FOLDERS.get(folder.name, folder.name)), str(folder.unread), str(folder.messages), _size(folder.octets))
        for folder in usage.folders
    ]
    shown = {"used": _size(usage.used), "quota": _size(usage.quota), "percent": percent, "welcome": usage.welcome}
    return {"mailbox": box, "totals": totals, "folders": folders, **shown}


def _size(octets: int) -> str:
    """In the language of the request: the same few again and again, such as nothing and the quota."""
    return _sizes(get_language(), octets)


@lru_cache
def _sizes(_language: str | None, octets: int) -> str:
    return filesizeformat(octets)


def _profile_link(box: Mailbox) -> str:
    return reverse("mail-profile", args=[signing.dumps(box.pk, salt=PROFILE_SALT)])
