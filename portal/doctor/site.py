"""The settings, the campus's keys and the static files: whatever the system checks can tell."""

from django.conf import settings
from django.core.checks import run_checks

from portal.doctor.finding import Finding, advice, ok, problem


def look() -> list[Finding]:
    wrong = [message for message in run_checks(include_deployment_checks=True) if message.is_serious()]
    found = [problem(message.id or "check", message.msg, message.hint or "") for message in wrong]
    if not found:
        found.append(ok("settings", "Settings, hand-off keys and static files are in order."))
    if not settings.HTTPS:
        found.append(
            advice("no-https", "HTTPS is 0: good for a trial on this machine alone.", "Set HTTPS=1 before others come.")
        )
    return found
