"""信箱容量: how much of a mailbox is used."""

from typing import Any

from mailboxes.models import Mailbox
from mailboxes.provisioning.stores import registry


def show(mailbox: Mailbox) -> dict[str, Any]:
    usage = registry.named(mailbox.service.store).usage(mailbox.address)
    return {"used": usage.used, "quota": usage.quota, "percent": round(100 * usage.used / usage.quota) if usage.quota else 0}
