"""信箱容量: how full a mailbox is, and the cloud drive that goes with it where the service has one."""

import math
from dataclasses import dataclass
from typing import Any

from accounts.asking import NotAnswered
from mailboxes import drive
from mailboxes.models import FullnessWarning, Mailbox
from mailboxes.owning import patience

MB = 1024 * 1024
WARN, *_, BAD = FullnessWarning.LEVELS  # at each of them the owner gets a letter


@dataclass(frozen=True)
class Room:
    """Octets used and allowed, as people read them: in MB, what is used rounded up; a limit of 0 is none."""

    used: int
    limit: int

    @property
    def percent(self) -> int:
        return min(100 * self.used // self.limit, 100) if self.limit else 0

    @property
    def used_mb(self) -> float:
        return math.ceil(10 * self.used / MB) / 10

    @property
    def limit_mb(self) -> float:
        return self.limit / MB

    @property
    def free_mb(self) -> float:
        return max(self.limit_mb - self.used_mb, 0)

    @property
    def state(self) -> str:
        """The class of its colour."""
        return "bad" if self.percent >= BAD else "warn" if self.percent >= WARN else "good"


def show(mailbox: Mailbox) -> dict[str, Any]:
    with patience.store_of(mailbox) as store:
        capacity = store.capacity(mailbox.address)
    shown: dict[str, Any] = {"room": Room(capacity.used, capacity.limit)}
    if mailbox.service.drive_url:
        shown |= _drive(mailbox)
    return shown


def _drive(mailbox: Mailbox) -> dict[str, Any]:
    """Its room, None for an owner without one, or why it cannot be told: the mailbox is shown in any case."""
    try:
        found = drive.usage(mailbox.service.drive_url, mailbox.address)
    except NotAnswered as problem:
        return {"has_drive": True, "drive_problem": problem.code}
    return {"has_drive": True, "drive": Room(found.used, found.allowed) if found else None}
