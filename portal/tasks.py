from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.contacts import services
from accounts.importing import uploads
from mailboxes.models import LoginRecord, Mailbox
from mailboxes.provisioning import sharing
from sso_bridge import ledger


@shared_task(ignore_result=True)
def housekeeping() -> None:
    """Forget what has ended (sessions, spent tokens, old refusals, removed addresses, old log-ins, files of people), keep
    the search for free names fast, and have the mail servers checked for who may use whose folders."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    ledger.forget_spent(timezone.now())
    services.forget_removed(timezone.now())
    LoginRecord.forget(before=timezone.now() - timedelta(days=settings.LOGIN_RECORD_DAYS))
    uploads.forget_old(timezone.now())
    Mailbox.mark_followed()
    sharing.look_again(timezone.now())
