"""Emptying the trash or the junk folder for good, after a question."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts import audit
from accounts.addresses import visitor_address
from accounts.http import SignedInRequest
from mailboxes.models import Mailbox
from mailboxes.owning.boxes.folders import EMPTIED, shown_name
from mailboxes.owning.owner import of_its_owner
from mailboxes.provisioning.stores import StoreError, registry
from mailboxes.shelf import Slot


@require_http_methods(["GET", "HEAD", "POST"])
@of_its_owner
def empty(request: SignedInRequest, slot: Slot, mailbox: Mailbox, folder: str) -> HttpResponse:
    """Ask, with the number of letters; then take away those that were asked about, and no letter that came later."""
    if folder not in EMPTIED:
        raise Http404(f"No folder {folder} that can be emptied")
    page: dict[str, Any] = {"slot": slot, "mailbox": mailbox, "folder": shown_name(EMPTIED[folder])}
    try:
        page |= _emptied(request, mailbox, EMPTIED[folder]) if request.method == "POST" else _asked(mailbox, EMPTIED[folder])
    except StoreError as error:
        page["problem"] = error.code
    return render(request, "mailboxes/empty_folder.html", page)


def _asked(mailbox: Mailbox, name: str) -> dict[str, Any]:
    folders = registry.named(mailbox.service.store).folders(mailbox.address)
    return {"found": next((folder for folder in folders if folder.name == name), None)}


def _emptied(request: SignedInRequest, mailbox: Mailbox, name: str) -> dict[str, Any]:
    """Sent again, it finds nothing more to do."""
    done = registry.named(mailbox.service.store).empty(mailbox.address, name, request.POST.get("mark", ""))
    if done.removed:
        audit.record(
            "folder.emptied",
            person=mailbox.person,
            actor=request.user,
            mailbox=mailbox.address,
            address=visitor_address(request),
            folder=name,
            letters=done.removed,
        )
    return {"done": done}
