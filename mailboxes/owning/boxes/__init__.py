"""The boxes of the mailbox page, in its order. Each is a module here and a template of the same name in mailboxes/boxes.

A module's ``show(mailbox)`` gives its template what to show; it may raise a StoreError, which the page then explains.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from mailboxes.models import Mailbox
from mailboxes.owning.boxes import capacity, delegation, folders, forwarding, logins, notices


@dataclass(frozen=True)
class Box:
    """``at_once``: it comes with the page; the others are fetched."""

    name: str
    heading: str | Promise
    show: Callable[[Mailbox], dict[str, Any]]
    at_once: bool = False

    @property
    def template(self) -> str:
        return f"mailboxes/boxes/{self.name}.html"


BOXES = {
    box.name: box
    for box in (
        Box("logins", pgettext_lazy("box", "Log-ins"), logins.show),
        Box("capacity", pgettext_lazy("box", "Capacity"), capacity.show),
        Box("forwarding", pgettext_lazy("box", "Forwarding"), forwarding.show),
        Box("notices", pgettext_lazy("box", "Notices"), notices.show, at_once=True),
        Box("folders", pgettext_lazy("box", "Folders"), folders.show),
        Box("delegation", pgettext_lazy("box", "Delegation"), delegation.show),
    )
}
