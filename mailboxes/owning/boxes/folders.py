"""信件匣資訊: the folders of a mailbox and what is in them."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.facts import BIDI_CONTROLS
from mailboxes.models import Mailbox
from mailboxes.owning import patience
from mailboxes.provisioning.stores import Folder

NAMES = {
    "INBOX": _("Inbox"),
    "Sent": pgettext_lazy("folder", "Sent"),
    "Drafts": _("Drafts"),
    "Trash": _("Trash"),
    "Junk": _("Junk"),
}
ORDER = tuple(NAMES)
EMPTIED = {"trash": "Trash", "junk": "Junk"}  # by their word in addresses of pages
# What moves or breaks a line has a picture instead (Unicode, Control Pictures), and what turns its signs around a mark.
PICTURES = {code: 0x2400 + code for code in range(32)} | {0x7F: 0x2421, 0x85: 0x2424, 0x2028: 0x2424, 0x2029: 0x2424}
TURNING = BIDI_CONTROLS | {"\u061c"}
PICTURES |= {ord(sign): 0xFFFD for sign in TURNING}


@dataclass(frozen=True)
class Row:
    name: str
    unread: int
    messages: int
    size: str
    empty: str  # the word under which it can be emptied; empty where it cannot, or holds nothing


def show(mailbox: Mailbox) -> dict[str, Any]:
    with patience.store_of(mailbox) as store:
        folders = store.folders(mailbox.address)
    totals = (sum(getattr(folder, count) for folder in folders) for count in ("unread", "messages", "octets"))
    unread, messages, octets = totals
    rows = [_row(folder) for folder in sorted(folders, key=lambda folder: place(folder.name))]
    return {"rows": rows, "unread": unread, "messages": messages, "size": _size(octets)}


def shown_name(name: str) -> str:
    """As people call it, on one line whatever a mail program has put into it."""
    return str(NAMES[name]) if name in NAMES else name.translate(PICTURES)


def place(name: str) -> tuple[int, str]:
    """To sort names by: the folders that every mailbox has come first."""
    return ORDER.index(name) if name in NAMES else len(ORDER), name


def _row(folder: Folder) -> Row:
    word = next((word for word, name in EMPTIED.items() if name == folder.name), "") if folder.messages else ""
    return Row(shown_name(folder.name), folder.unread, folder.messages, _size(folder.octets), word)


def _size(octets: int) -> str:
    """In the language of the request: the same few again and again, such as nothing."""
    return _sizes(get_language(), octets)


@lru_cache
def _sizes(_language: str | None, octets: int) -> str:
    return filesizeformat(octets)
