"""What the workers do about the events: seal them soon, and at night delete those that have had their time."""

import logging
from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from accounts.auditing import pruning, sealing

log = logging.getLogger(__name__)
SEALING = timedelta(seconds=20)
NIGHT = 3600  # seconds


@shared_task(ignore_result=True)
def seal() -> None:
    now = timezone.now()
    sealing.seal_all(now, until=now + SEALING)


@shared_task(ignore_result=True, time_limit=NIGHT)
def nightly() -> None:
    """The line of the log is an anchor: a log that is kept elsewhere shows later whether the newest events were taken."""
    log.info("the chain of events ends at %s", sealing.end())
    pruning.prune(timezone.now())
