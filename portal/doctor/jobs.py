from datetime import timedelta

from django.db.models import Count, Min
from django.utils import timezone

from mailboxes.models import Job
from portal.doctor.finding import Finding, ok, problem

LATE = timedelta(minutes=5)
TRIES = 3  # a job that failed less often may be one that met a restart


def look() -> list[Finding]:
    waiting = Job.objects.filter(state=Job.State.WAITING)
    found = []
    late = waiting.filter(created_at__lt=timezone.now() - LATE).aggregate(number=Count("pk"), oldest=Min("created_at"))
    if late["number"]:
        since = timezone.localtime(late["oldest"]).strftime("%Y-%m-%d %H:%M")
        text = f"{late['number']} jobs wait for more than five minutes, the oldest since {since}."
        found.append(problem("jobs-late", text, "Mend what else is said here; the jobs are then done by themselves."))
    failing = waiting.filter(attempts__gte=TRIES).exclude(last_error="")
    errors = failing.values("last_error").annotate(number=Count("pk")).order_by("-number")[:3]
    for error in errors:
        text = f"{error['number']} jobs fail again and again: {error['last_error']}"
        found.append(problem("jobs-failing", text, "Mend the mail system; each is tried again within five minutes."))
    return found or [ok("jobs", f"{waiting.count()} wait, none for long.")]
