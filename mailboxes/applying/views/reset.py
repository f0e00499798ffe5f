from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.addresses import visitor_address
from accounts.http import SignedInRequest
from mailboxes import sessions
from mailboxes.applying import services
from mailboxes.applying.forms import ServicePasswordForm
from mailboxes.shelf import slot_or_404


@sensitive_post_parameters("password", "password_again")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reset_password(request: SignedInRequest, service: str) -> HttpResponseBase:
    """A new password for one's own mailbox, by the rules of its service."""
    slot = slot_or_404(request, service)
    mailbox = slot.mailbox
    if mailbox is None or mailbox.state == "pending":
        return redirect("apply", service)
    if mailbox.state == "closed":
        return redirect(mailbox)
    form = ServicePasswordForm(request.POST if request.method == "POST" else None, slot=slot, address=mailbox.address)
    if form.is_bound and form.is_valid():
        try:
            with transaction.atomic():
                services.change_password(
                    mailbox,
                    password=form.cleaned_data["password"],
                    address=visitor_address(request),
                    now=timezone.now(),
                    score=form.score,
                )
                sessions.carry_over(request, mailbox)
            return redirect("mailbox", service)
        except ValidationError as error:
            form.add_error(None, error)
    return render(
        request,
        "mailboxes/reset.html",
        {"slot": slot, "mailbox": mailbox, "form": form},
        status=422 if form.is_bound else 200,
    )
