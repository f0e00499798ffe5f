"""公告欄: what administrators have to say to the owners of mailboxes."""

from typing import Any

from django.utils import timezone

from mailboxes.models import Mailbox, Notice


def show(mailbox: Mailbox) -> dict[str, Any]:
    return {"notices": Notice.in_force(mailbox.service, timezone.now())}
