"""The sign-ins of one mailbox, to be shown."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet

from mailboxes.models import LoginRecord, Mailbox, MailService


def are_told(service: MailService) -> bool:
    """Whether the mail system of that service tells of sign-ins; nobody signs in to the embedded one."""
    return bool(settings.MAIL_EVENTS_KEY) and service.store != "maildir"


def of(mailbox: Mailbox, *, succeeded: bool) -> QuerySet[LoginRecord]:
    """Those that let somebody in, or all others, the newest first."""
    return LoginRecord.objects.filter(mailbox=mailbox, succeeded=succeeded).order_by("-happened_at")


def kept_since(now: datetime) -> datetime:
    return now - timedelta(days=settings.LOGIN_RECORD_DAYS)
