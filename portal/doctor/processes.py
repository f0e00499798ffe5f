"""Whether the workers answer, and whether beat has lately had them sweep."""

from django.core.cache import cache
from django.utils import timezone
from kombu.exceptions import OperationalError

from mailboxes.provisioning.tasks import SWEPT_AT
from portal.celery import app
from portal.doctor.finding import Finding, ok, problem

ANSWER_WITHIN = 4.0  # seconds
LONGEST_PAUSE = 60.0  # seconds; beat asks for a sweep every ten


def look() -> list[Finding]:
    try:
        workers = app.control.ping(timeout=ANSWER_WITHIN)
    except OperationalError as error:
        return [problem("queue-unreachable", f"The queue does not take a message: {error}", "See whether Redis is well.")]
    if not workers:
        text = f"No worker has answered within {ANSWER_WITHIN:.0f} s."
        return [
            problem("no-worker", text, "Start one: systemctl start portal-worker; journalctl -u portal-worker says more.")
        ]
    return [ok("workers", f"{len(workers)} answer."), _beat()]


def _beat() -> Finding:
    swept_at = cache.get(SWEPT_AT)
    pause = None if swept_at is None else (timezone.now() - swept_at).total_seconds()
    if pause is not None and pause < LONGEST_PAUSE:
        return ok("beat", f"The last sweep was {max(pause, 0):.0f} s ago.")
    text = "No sweep has been seen." if pause is None else f"The last sweep was {pause:.0f} s ago; it should be ten."
    return problem("no-beat", text, "Start the one beat: systemctl start portal-beat; journalctl -u portal-beat says more.")
