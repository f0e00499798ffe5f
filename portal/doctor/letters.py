"""The letters to people, and the server that takes them."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Count, Min
from django.utils import timezone

from accounts.letters import sending
from accounts.models import Letter
from portal.doctor.finding import Finding, advice, ok, problem

LATE = timedelta(minutes=15)
LATELY = timedelta(days=1)


def look() -> list[Finding]:
    return [_server(), *_waiting(), *_given_up()]


def _server() -> Finding:
    relay = settings.SMTP_RELAY
    if relay is None:
        text = f"Letters are kept in {settings.LETTERS_DIR}, and nobody gets them: good for a trial."
        return advice("letters-kept", text, "Set SMTP_URL to the server that takes them.")
    try:
        sending.greets(relay)
    except sending.Unreachable as error:
        return problem("smtp-unreachable", f"No letter is sent: {error}", "Start that server, or correct SMTP_URL.")
    return ok("smtp", f"{relay} answers.")


def _waiting() -> list[Finding]:
    late = Letter.objects.filter(state=Letter.State.WAITING, created_at__lt=timezone.now() - LATE)
    found = late.aggregate(number=Count("pk"), oldest=Min("created_at"))
    if not found["number"]:
        return [ok("letters", "None waits for long.")]
    since = timezone.localtime(found["oldest"]).strftime("%Y-%m-%d %H:%M")
    words = late.exclude(last_error="").values_list("last_error", flat=True).first()
    text = f"{found['number']} letters wait for more than a quarter of an hour, the oldest since {since}."
    said = f" The last error: {words}" if words else ""
    return [problem("letters-late", text + said, "Mend what else is said here; they are then sent by themselves.")]


def _given_up() -> list[Finding]:
    refused = Letter.objects.filter(state=Letter.State.FAILED, created_at__gt=timezone.now() - LATELY)
    number = refused.count()
    if not number:
        return []
    text = f"{number} letters of the last day were refused for good."
    return [advice("letters-given-up", text, "See the administration, Letters, with the filter “Given up”.")]
