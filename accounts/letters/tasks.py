"""What the workers run: claim, send, settle. A task carries a letter's number and nothing else."""

import logging
import time

from celery import shared_task
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from accounts import bell
from accounts.letters import outbox, rendering, sending
from accounts.models import Letter
from accounts.settling import surely

log = logging.getLogger(__name__)
SWEEP_AT_ONCE = 200
# After a server that did not answer nobody asks it for so long: jobs for mailboxes have the same workers, and a server that
# is frozen would keep all of them waiting, one letter after the other.
SILENCE = 60  # seconds
SILENT = "letters-silent"


@shared_task(ignore_result=True)
def run(letter_id: int) -> None:
    """Send one letter; on trouble it waits in the outbox and is tried again, or is given up with the server's words."""
    if cache.get(SILENT):
        return
    deadline = time.monotonic() + sending.SECONDS
    letter = outbox.claim(letter_id, now=timezone.now())
    if letter is None:
        return
    try:
        _send(letter, deadline)
    except sending.Refused as error:
        log.warning("Letter %s is given up: %s", letter.pk, error)
        reason = str(error)
        surely(lambda: outbox.give_up(letter, reason))
    except sending.NotSent as error:
        log.warning("Letter %s, attempt %s: %s", letter.pk, letter.attempts, error)
        if isinstance(error, sending.Unreachable):
            cache.set(SILENT, True, SILENCE)
        reason = str(error)
        surely(lambda: outbox.postpone(letter, reason, now=timezone.now()))
    except Exception as error:  # a fault of ours must not keep the letter until its lease ends
        log.exception("Letter %s, attempt %s", letter.pk, letter.attempts)
        fault = f"fault: {type(error).__name__}"
        surely(lambda: outbox.postpone(letter, fault, now=timezone.now()))
    else:
        surely(lambda: outbox.settle(letter, now=timezone.now()))


@shared_task(ignore_result=True)
def sweep() -> None:
    """Ring for every letter that is due and that nobody holds: what a lost bell, a dead worker or a pause left behind."""
    for letter_id in outbox.due(timezone.now()).order_by("due_at").values_list("pk", flat=True)[:SWEEP_AT_ONCE]:
        bell.ring(outbox.RUN, letter_id)


def _send(letter: Letter, deadline: float) -> None:
    message = rendering.message(letter)
    if settings.SMTP_RELAY:
        sending.send(message, settings.SMTP_RELAY, sender=settings.OFFICE_EMAIL, to=letter.to, deadline=deadline)
    else:
        sending.keep(message, settings.LETTERS_DIR, f"{letter.created_at:%Y%m%d-%H%M%S}-{letter.pk}")
