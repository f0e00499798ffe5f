"""Throwing out whoever is signed in to a mailbox."""

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts import audit
from accounts.addresses import visitor_address
from accounts.http import SignedInRequest
from mailboxes import sessions
from mailboxes.models import Mailbox
from mailboxes.owning.owner import of_its_owner
from mailboxes.provisioning.stores import StoreError, registry
from mailboxes.shelf import Slot


@require_http_methods(["GET", "HEAD", "POST"])
@of_its_owner
def end(request: SignedInRequest, slot: Slot, mailbox: Mailbox) -> HttpResponse:
    """Ask; then end the sessions of every mail program, and those of the portal that the mailbox's password began."""
    page: dict[str, Any] = {"slot": slot, "mailbox": mailbox}
    if request.method == "POST":
        with transaction.atomic():  # first: a mail server that does not answer keeps nobody in the portal
            mailbox.begin_era()
            sessions.carry_over(request, mailbox)
        try:
            registry.named(slot.service.store).end_sessions(mailbox.address)
        except StoreError as error:
            page["problem"] = error.code
        else:
            address = visitor_address(request)
            audit.record(
                "sessions.ended", person=mailbox.person, actor=request.user, mailbox=mailbox.address, address=address
            )
            page["done"] = True
    return render(request, "mailboxes/end_sessions.html", page)
