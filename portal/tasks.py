from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from mailboxes.models import LoginRecord, Mailbox
from mailboxes.provisioning import sharing
from sso_bridge import ledger


@shared_task(ignore_result=True)
def housekeeping() -> None:
    """Forget what has ended (sessions, spent tokens, old refusals, old log-ins), keep the search for free names fast, and
    have the mail servers checked for who may use whose folders."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    ledger.forget_spent(timezone.now())
    LoginRecord.forget(before=timezone.now() - timedelta(days=settings.LOGIN_RECORD_DAYS))
    Mailbox.mark_followed()
    sharing.look_again(timezone.now())
