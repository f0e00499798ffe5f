"""What people call the folders that every mailbox has."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

KNOWN = {
    "INBOX": _("Inbox"),
    "Sent": pgettext_lazy("folder", "Sent"),
    "Drafts": _("Drafts"),
    "Trash": _("Trash"),
    "Junk": _("Junk"),
}


def label(name: str) -> str:
    """In the language of the request; a folder of the owner's own has the name that they gave it."""
    return str(KNOWN.get(name, name))


def in_order(names: Iterable[str]) -> list[str]:
    """Those that every mailbox has come first."""
    places = {name: place for place, name in enumerate(KNOWN)}
    return sorted(names, key=lambda name: (places.get(name, len(places)), name))
