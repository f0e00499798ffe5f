"""信件匣資訊: the folders of a mailbox and what is in them."""

from typing import Any

from mailboxes.models import Mailbox
from mailboxes.provisioning.stores import registry


def show(mailbox: Mailbox) -> dict[str, Any]:
    return {"folders": registry.named(mailbox.service.store).folders(mailbox.address)}
