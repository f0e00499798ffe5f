"""Settings for mail programs: to read, to take over, and to be asked for by the programs themselves."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from mailboxes.models import Mailbox, MailService
from mailboxes.owning import mailprograms
from mailboxes.owning.owner import of_its_owner
from mailboxes.shelf import Slot

PROFILE_SALT = "mobileconfig"
PROFILE_SECONDS = 600


@require_safe
@of_its_owner
def mail_settings(request: SignedInRequest, slot: Slot, mailbox: Mailbox) -> HttpResponse:
    """What a mail program needs, to type in or to take over."""
    page: dict[str, Any] = {"slot": slot, "mailbox": mailbox, "rows": mailprograms.rows(slot.service)}
    if mailprograms.has_profile(slot.service):
        page |= {"profile": _profile_link(mailbox), "profile_minutes": PROFILE_SECONDS // 60}
    return render(request, "mailboxes/mail_settings.html", page)


@require_safe
@of_its_owner
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
    box = get_object_or_404(Mailbox.objects.select_related("service", "person"), pk=pk, state__in=Mailbox.OPEN)
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


def _profile_link(box: Mailbox) -> str:
    return reverse("mail-profile", args=[signing.dumps(box.pk, salt=PROFILE_SALT)])
