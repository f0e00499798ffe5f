"""信箱容量: how much of a mailbox is used."""

from typing import Any

from mailboxes.models import Mailbox
from mailboxes.provisioning.stores import registry


def show(mailbox: Mailbox) -> dict[str, Any]:
    capacity = registry.named(mailbox.service.store).capacity(mailbox.address)
    return {"used": capacity.used, "quota": capacity.limit}
