"""公告欄: what administrators have to say to the owners of mailboxes."""

from typing import Any

from mailboxes.models import Mailbox


def show(mailbox: Mailbox) -> dict[str, Any]:
    return {"notices": []}
