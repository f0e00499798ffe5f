"""The mailbox page: a shell that asks no mail server, and the boxes in it, each of which can be asked for alone."""

import logging
from functools import lru_cache
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from mailboxes.models import Job, Mailbox, Remark
from mailboxes.owning import mailprograms
from mailboxes.owning.boxes import BOXES, Box
from mailboxes.owning.owner import of_its_owner
from mailboxes.provisioning.life import services
from mailboxes.provisioning.stores import StoreError, registry
from mailboxes.shelf import Slot

log = logging.getLogger(__name__)


@require_safe
@of_its_owner
def mailbox(request: SignedInRequest, slot: Slot, mailbox: Mailbox) -> HttpResponse:
    """My mailbox: its boxes, and a password change that is on its way or has come into force."""
    page = {
        "slot": slot,
        "mailbox": mailbox,
        "change": Job.newest(mailbox, Job.Kind.PASSWORD),
        "state": Mailbox.State(mailbox.state).label,
        "may_switch_off": mailbox.is_in_use,
        "may_close": mailbox.state == Mailbox.State.ACTIVE or services.may_ask_to_close(mailbox),
        "boxes": [
            (box, _head(get_language(), slot.service.slug, box), _shown(box, slot, mailbox) if box.at_once else "")
            for box in BOXES.values()
        ],
    }
    return render(request, "mailboxes/mailbox.html", page)


@require_safe
@of_its_owner
def box(request: SignedInRequest, slot: Slot, mailbox: Mailbox, name: str) -> HttpResponse:
    """One box: by itself for the script of the mailbox page, as a page of its own for everybody else."""
    if name not in BOXES:
        raise Http404(f"No box {name}")
    shown = _shown(BOXES[name], slot, mailbox)
    if request.headers.get("X-Box") == "alone":
        return HttpResponse(shown)
    page = {"slot": slot, "mailbox": mailbox, "box": BOXES[name], "shown": shown}
    return render(request, "mailboxes/box.html", page)


@require_safe
@of_its_owner
def ready(request: SignedInRequest, slot: Slot, mailbox: Mailbox) -> HttpResponse:
    """The end of an application: the address, the letter in it, what to do next."""
    page: dict[str, Any] = {"slot": slot, "mailbox": mailbox, "step": 5, "rows": mailprograms.rows(slot.service)}
    page["remarks"] = Remark.objects.filter(application__mailbox=mailbox, kind=Remark.Kind.APPROVED).exclude(text="")
    try:
        page["welcome"] = registry.named(slot.service.store).welcome(mailbox.address)
    except StoreError as error:
        page["problem"] = error.code
    return render(request, "mailboxes/ready.html", page)


@lru_cache
def _head(_language: str | None, service: str, box: Box) -> str:
    """Its heading, with the link by which it is asked for: there are few different ones, and all are on every page."""
    return render_to_string("components/box_head.html", {"service": service, "box": box})


def _shown(box: Box, slot: Slot, mailbox: Mailbox) -> str:
    """The inside of a box, with the time of asking; or why there is none: a page never fails because of a mail server."""
    inside: dict[str, Any] = {"slot": slot, "mailbox": mailbox, "box": box, "asked_at": timezone.now()}
    try:
        inside |= box.show(mailbox)
    except StoreError as error:
        log.warning("The box %s of %s: %s (%s)", box.name, mailbox.address, error, error.code)
        inside["problem"] = error.code
    return render_to_string("components/box_inside.html", inside)
