"""The services in the left menu: what each one offers this person now."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
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
    entries: tuple[Entry, ...]


def of(request: HttpRequest) -> str:
    """The left menu as HTML."""
    match = request.resolver_match
    return _rendered(get_language(), match.url_name if match else None, tuple(_categories(request)))


@lru_cache
def _rendered(_language: str | None, here: str | None, categories: tuple[Category, ...]) -> str:
    """There are few different menus, and one is on every page."""
    return render_to_string("components/menu.html", {"here": here, "categories": categories})


def _categories(request: HttpRequest) -> Iterator[Category]:
    """The categories that hold a service, each with its entries."""
    for value, label in MailService.Category.choices:
        slots = [slot for slot in shelf.on(request) if slot.service.category == value and slot.meant_for_them]
        if slots:
            yield Category(str(label), tuple(entry for slot in slots for entry in _entries(slot, request.path)))


def _entries(slot: shelf.Slot, path: str) -> Iterator[Entry]:
    service = slot.service
    for label, view in _links(slot):
        href = _address(view, service.slug)
        # The steps of an application and its progress all belong to the entry that began it.
        begun = slot.application.get_absolute_url() if slot.application else None
        inside = view == "apply" and (path.startswith(f"/mail/{service.slug}/") or path == begun)
        yield Entry(label % {"service": service.name}, href, path == href or inside)


@cache
def _address(view: str, service: str) -> str:
    return reverse(view, args=[service])


def _links(slot: shelf.Slot) -> list[tuple[str, str]]:
    if slot.mailbox is None or slot.mailbox.state == "pending":
        return [(_("Apply for the %(service)s"), "apply")]
    if slot.mailbox.state == "closed":
        return [(_("My %(service)s"), "mailbox")]
    return [
        (_("My %(service)s"), "mailbox"),
        (_("Reset the password of the %(service)s"), "reset-password"),
        (_("Mail programs for the %(service)s"), "mail-settings"),
    ]
