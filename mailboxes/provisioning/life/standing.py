"""What state a mailbox is in by its facts, and what comes next; pure, with the time passed in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from mailboxes.models import Mailbox

State, Cause = Mailbox.State, Mailbox.Cause
BY_THE_OFFICE = (Cause.THEFT, Cause.RULE)
COOLING = timedelta(days=7)  # until a mailbox that its owner wants to be closed is
WARNINGS = (30, 7, 1)  # days before an end
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Facts:
    """Who holds a mailbox, until when its condition lets it be used, and when its owner asked for its closing.

    ``kept_days`` are the service's, between the suspension of a leaving person's mailbox and its closing.
    """

    hold: str
    leaves_at: datetime | None
    close_asked_at: datetime | None
    kept_days: int

    @classmethod
    def of(cls, mailbox: Mailbox, **changed: Any) -> "Facts":
        """Those of the row, but for what ``changed`` says; what else is in that has nothing to do with the state."""
        known = {name: changed.get(name, getattr(mailbox, name)) for name in ("hold", "leaves_at", "close_asked_at")}
        return cls(**known, kept_days=mailbox.service.kept_days)

    @property
    def closes_at(self) -> datetime | None:
        """The first of the two times at which it is closed; None if neither holds."""
        by_condition = self.leaves_at + timedelta(days=self.kept_days) if self.leaves_at else None
        by_owner = self.close_asked_at + COOLING if self.close_asked_at else None
        return min((end for end in (by_condition, by_owner) if end), default=None)

    def state(self, now: datetime) -> tuple[str, str]:
        """State and cause of a mailbox that is not closed."""
        if self.hold:
            return State.SUSPENDED, self.hold
        if self.leaves_at and self.leaves_at <= now:
            return State.SUSPENDED, Cause.LEAVING
        if self.close_asked_at and (not self.leaves_at or self.close_asked_at + COOLING < self.leaves_at):
            return State.LEAVING, Cause.OWNER
        return (State.LEAVING, Cause.LEAVING) if self.leaves_at else (State.ACTIVE, "")

    def end(self, now: datetime) -> datetime | None:
        """What its owner is warned of next: that it can no longer be used, or after that, that it is closed."""
        if self.closes_at and self.leaves_at and now < self.leaves_at < self.closes_at:
            return self.leaves_at
        return self.closes_at


def warned_of(mailbox: Mailbox) -> datetime | None:
    """Which of its ends the last letter was about (``warned_days``), and the next is."""
    first = mailbox.leaves_at
    if first and mailbox.closes_at and mailbox.next_at and mailbox.next_at <= first < mailbox.closes_at:
        return first
    return mailbox.closes_at


def days_until(end: datetime, now: datetime) -> int:
    """Days that have begun until then, 0 if it has come."""
    return max(-((now - end) // DAY), 0)


def next_at(end: datetime, warned_days: int) -> datetime:
    """When the next letter about that end is due; the end itself after the last one."""
    return next((end - days * DAY for days in WARNINGS if days < warned_days), end)


def warning_due(end: datetime, warned_days: int, now: datetime) -> int | None:
    """Which of ``WARNINGS`` has come and was not sent: the last one alone, where a worker stood still; None for none."""
    left = days_until(end, now)
    return min((days for days in WARNINGS if left <= days < warned_days), default=None)
