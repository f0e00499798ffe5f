"""Whether the events are still sealed."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import AuditEvent, AuditLink
from portal.doctor.finding import Finding, ok, problem

LATE = timedelta(minutes=5)


def look() -> list[Finding]:
    last = AuditLink.objects.order_by("-number").values_list("event", flat=True).first() or 0
    oldest = AuditEvent.objects.filter(pk__gt=last).order_by("pk").values_list("happened_at", flat=True).first()
    if oldest is None or oldest > timezone.now() - LATE:
        return [ok("audit", "Events are sealed as they come.")]
    since = timezone.localtime(oldest).strftime("%Y-%m-%d %H:%M")
    cure = "See whether beat and a worker run, and whether a transaction of the database has been open since then."
    return [problem("audit-unsealed", f"Events wait to be sealed since {since}.", cure)]
