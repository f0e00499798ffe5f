"""Nobody reads the whole campus by guessing numbers: how much one account of the helpdesk may see in an hour."""

from datetime import UTC, datetime

from accounts import audit, calling, limits
from accounts.models import Person

HOUR = 3600  # seconds; of the clock, so that its end is known
MOST = {"searches": 120, "looks": 120}  # a telephone is answered thirty times an hour
WRONG_CODES = 5  # about one person in an hour, by the whole helpdesk


class TooMany(Exception):
    """``until`` is when it goes on."""

    def __init__(self, until: datetime) -> None:
        super().__init__()
        self.until = until


def count(what: str, *, actor: Person, address: str, now: datetime) -> None:
    """One more of ``searches`` or ``looks``; TooMany beyond the most, which the audit log is told once an hour."""
    of = f"helpdesk-{what}:{actor.pk}:{_hour(now)}"
    if limits.within(MOST[what], seconds=HOUR, of=of):
        return
    if limits.within(1, seconds=HOUR, of=f"{of}:told"):
        audit.record(f"helpdesk.{what}-stopped", person=None, actor=actor, address=address, most=MOST[what])
    raise TooMany(_end(now))


def is_caller(person: Person, typed: str, *, actor: Person, address: str, now: datetime) -> bool:
    """Whether the caller has read out the code that the portal shows this person; TooMany after too many wrong ones."""
    of = f"caller-codes:{person.pk}:{_hour(now)}"
    if not limits.within(WRONG_CODES, seconds=HOUR, of=of):
        raise TooMany(_end(now))
    right = calling.is_code(typed, person, now=now)
    if right:
        limits.give_back(of=of)
    audit.record("helpdesk.caller-right" if right else "helpdesk.caller-wrong", person=person, actor=actor, address=address)
    return right


def _hour(now: datetime) -> int:
    return int(now.timestamp()) // HOUR


def _end(now: datetime) -> datetime:
    return datetime.fromtimestamp((_hour(now) + 1) * HOUR, UTC)
