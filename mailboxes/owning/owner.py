"""Who may see a page of this wing: the owner of the mailbox, and nobody else."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from accounts.http import SignedInRequest
from mailboxes.models import Mailbox
from mailboxes.shelf import slot_or_404


def of_its_owner(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A page about one's own mailbox, ``view(request, slot, mailbox, **rest of the path)``.

    Who has none that is open is sent to apply for it; of a closed one a page says so, whatever was asked for. Which methods
    it takes, a decorator above this one says.
    """

    @never_cache
    @wraps(view)
    def of_owner(request: SignedInRequest, service: str, **rest: Any) -> HttpResponseBase:
        slot = slot_or_404(request, service)
        if slot.mailbox is None or slot.mailbox.state == Mailbox.State.PENDING:
            return redirect("apply", service)
        mailbox = slot.mailbox
        if mailbox.state != Mailbox.State.ACTIVE:  # the shelf has not all that there is to say about it
            mailbox = Mailbox.objects.select_related("service", "person").get(pk=mailbox.pk)
        if mailbox.state == Mailbox.State.CLOSED:
            page = {"slot": slot, "mailbox": mailbox}
            return render(request, "mailboxes/closed_mailbox.html", page, status=409 if request.method == "POST" else 200)
        return view(request, slot, mailbox, **rest)

    return of_owner
