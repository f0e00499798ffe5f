from celery import shared_task
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.importing import uploads
from mailboxes.models import Mailbox
from sso_bridge import ledger


@shared_task(ignore_result=True)
def housekeeping() -> None:
    """Forget what has ended (sessions, spent tokens, refusals, files of people); keep the search for free names fast."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    ledger.forget_spent(timezone.now())
    uploads.forget_old(timezone.now())
    Mailbox.mark_followed()
