from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from mailboxes.models import LoginRecord, Mailbox
from sso_bridge import ledger


@shared_task(ignore_result=True)
def housekeeping() -> None:
    """Forget what has ended (sessions, spent tokens, old refusals, old log-ins), and keep the search for free names fast."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    ledger.forget_spent(timezone.now())
    LoginRecord.forget(before=timezone.now() - timedelta(days=settings.LOGIN_RECORD_DAYS))
    Mailbox.mark_followed()
