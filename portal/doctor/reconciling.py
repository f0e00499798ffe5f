"""Whether the mail servers were lately compared with the portal, and what they were found to see otherwise."""

from datetime import timedelta

from django.db.models import Count
from django.utils import timezone

from mailboxes.models import Finding, Mailbox, Reconciliation
from portal.doctor.finding import Finding as Found
from portal.doctor.finding import advice, ok

LATE = timedelta(days=2)  # it runs each night


def look() -> list[Found]:
    return [*_run(), *_open()]


def _run() -> list[Found]:
    since = timezone.now() - LATE
    if Reconciliation.objects.filter(service=None, complete=True, started_at__gte=since).exists():
        return [ok("reconciled", "The mail servers were compared with the portal within the last two days.")]
    if not Mailbox.objects.filter(active_at__lt=since).exists():
        return []
    last = Reconciliation.objects.filter(service=None, finished_at__isnull=False).first()
    said = f" The last one: {last.note}" if last and last.note else ""
    text = f"The mail servers were not completely compared with the portal for two days.{said}"
    return [advice("reconcile-late", text, "Run manage.py reconcile, and see that beat runs at night.")]


def _open() -> list[Found]:
    kinds = Finding.objects.filter(resolved_at=None).values_list("kind").order_by("kind").annotate(Count("pk"))
    if not kinds:
        return []
    counted = ", ".join(f"{kind} {number}" for kind, number in kinds)
    text = f"The portal and the mail servers differ: {counted}."
    return [advice("differences", text, "See the administration, Differences from the mail server.")]
