from celery import shared_task
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.contacts import services
from mailboxes.models import Mailbox
from sso_bridge import ledger


@shared_task(ignore_result=True)
def housekeeping() -> None:
    """Forget what has ended (sessions, spent tokens, old refusals, removed addresses); keep the search for names fast."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    ledger.forget_spent(timezone.now())
    services.forget_removed(timezone.now())
    Mailbox.mark_followed()
