"""What a worker does about files of people. No bell rings for it: an import is rare, and may wait for five seconds."""

import logging

from celery import shared_task
from django.utils import timezone

from accounts.importing import uploads

log = logging.getLogger(__name__)


@shared_task(ignore_result=True, time_limit=int(uploads.LEASE.total_seconds()) - 20)
def run() -> None:
    """Check or import the next file. What breaks it off is tried again when its lease ends."""
    claimed = uploads.claim(now=timezone.now())
    if claimed is None:
        return
    log.info("import %s, %s, attempt %s", claimed.pk, claimed.state, claimed.attempts)
    uploads.work(claimed, now=timezone.now())
