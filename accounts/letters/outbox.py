"""The letters that wait: claimed by one conditional UPDATE with a lease, settled by another."""

from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from accounts.models import Letter

# Longer than a task can run (CELERY_TASK_TIME_LIMIT), so that no two workers are ever at one letter.
LEASE = timedelta(seconds=40)
SHORTEST_PAUSE, LONGEST_PAUSE = 5, 900  # seconds
# RFC 5321, 4.5.4.1: a sender gives up after four or five days.
GIVEN_UP_AFTER = timedelta(days=5)
RUN = "accounts.letters.tasks.run"


def due(now: datetime) -> QuerySet[Letter]:
    """Letters that wait, whose time has come, and that no worker holds."""
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    return Letter.objects.filter(free, state=Letter.State.WAITING, due_at__lte=now)


def claim(letter_id: int, *, now: datetime) -> Letter | None:
    """Take a letter for ``LEASE``; None if it is sent, given up, not due, or taken."""
    mine = due(now).filter(pk=letter_id).update(attempts=F("attempts") + 1, leased_until=now + LEASE)
    return Letter.objects.select_related("person").get(pk=letter_id) if mine else None


def settle(letter: Letter, *, now: datetime) -> bool:
    """The server has taken it; False if the lease was lost to another worker."""
    return bool(_held(letter).update(state=Letter.State.SENT, sent_at=now, leased_until=None, last_error=""))


def give_up(letter: Letter, reason: str) -> None:
    """The server will never take it; ``reason`` holds its words."""
    _held(letter).update(state=Letter.State.FAILED, leased_until=None, last_error=reason[:500])


def postpone(letter: Letter, reason: str, *, now: datetime) -> None:
    """Another try after a pause that doubles up to a quarter of an hour; after five days none."""
    if now - letter.created_at > GIVEN_UP_AFTER:
        give_up(letter, reason)
        return
    pause = timedelta(seconds=min(SHORTEST_PAUSE * 2 ** min(letter.attempts - 1, 10), LONGEST_PAUSE))
    _held(letter).update(due_at=now + pause, leased_until=None, last_error=reason[:500])


def _held(letter: Letter) -> QuerySet[Letter]:
    # The number of the attempt is the proof: whoever claimed the letter after us has raised it.
    return Letter.objects.filter(pk=letter.pk, attempts=letter.attempts, state=Letter.State.WAITING)
