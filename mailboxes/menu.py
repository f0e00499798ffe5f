"""The services in the left menu: what each one offers this person now."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from mailboxes import shelf
from mailboxes.models import MailService


@dataclass(frozen=True)
class Entry:
    label: str
    href: str
    current: bool


@dataclass(frozen=True)
class Category:
    label: str
    entries: list[Entry]


def of(request: HttpRequest) -> list[Category]:
    """The categories that hold a service, each with its entries."""
    categories = []
    for value, label in MailService.Category.choices:
        slots = [slot for slot in shelf.on(request) if slot.service.category == value and slot.meant_for_them]
        if slots:
            categories.append(Category(str(label), [entry for slot in slots for entry in _entries(slot, request.path)]))
    return categories


def _entries(slot: shelf.Slot, path: str) -> Iterator[Entry]:
    service = slot.service
    for label, view in _links(slot):
        href = reverse(view, args=[service.slug])
        # The steps of an application and its progress all belong to the entry that began it.
        begun = slot.application.get_absolute_url() if slot.application else None
        inside = view == "apply" and (path.startswith(f"/mail/{service.slug}/") or path == begun)
        yield Entry(label % {"service": service.name}, href, path == href or inside)


def _links(slot: shelf.Slot) -> list[tuple[str, str]]:
    if slot.mailbox is None or slot.mailbox.state == "pending":
        return [(_("Apply for the %(service)s"), "apply")]
    return [
        (_("My %(service)s"), "mailbox"),
        (_("Reset the password of the %(service)s"), "reset-password"),
        (_("Mail programs for the %(service)s"), "mail-settings"),
    ]
