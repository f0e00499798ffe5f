import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import override

from mailboxes.models import Finding, MailService
from mailboxes.provisioning import reconciling

SHOWN = 50
FOUND, INCOMPLETE = 1, 2


class Command(BaseCommand):
    help = (
        "Looks for what the portal and the mail servers see differently, and repairs nothing. Ends with 1 if there is a "
        "difference, and with 2 if a mail server could not tell everything."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("service", nargs="?", help="the short name of one service; all of them without it")

    def handle(self, *args: Any, service: str | None, **options: Any) -> None:
        one = MailService.objects.filter(slug=service).first() if service else None
        if service and one is None:
            known = ", ".join(MailService.objects.values_list("slug", flat=True))
            raise CommandError(f"There is no service {service}. The services are: {known}.")
        with override("en"):
            run = reconciling.run(one, now=timezone.now(), progress=_tell)
            _end_of_telling()
            self._tell_findings(one)
        self.stdout.write(f"{run.looked_at} mailboxes looked at, {run.differences} differences, {run.resolved} are gone.")
        if not run.complete:
            self.stdout.write("Not everything could be read. What was not read stands as it was:")
            self.stdout.write(run.note)
            raise SystemExit(INCOMPLETE)
        if run.differences:
            self.stdout.write("See the administration, Differences from the mail server: each with its repair.")
            raise SystemExit(FOUND)

    def _tell_findings(self, service: MailService | None) -> None:
        found = Finding.objects.filter(resolved_at=None, **({"service": service} if service else {}))
        for finding in found.order_by("kind", "address")[:SHOWN]:
            said = f"portal: {finding.portal_says or '-'}, mail server: {finding.server_says or '-'}"
            self.stdout.write(f"{finding.kind:<10} {finding.address}  ({said})")
        counts = found.order_by().values_list("kind").annotate(Count("pk"))
        if sum(number for _kind, number in counts) > SHOWN:
            self.stdout.write(f"These are {SHOWN}; in all: {', '.join(f'{kind} {number}' for kind, number in counts)}.")


def _tell(looked_at: int) -> None:
    """A line on standard error, written over where somebody watches it."""
    if sys.stderr.isatty():
        print(f"{looked_at:,} mailboxes looked at", end="\r", file=sys.stderr, flush=True)
    elif looked_at % 10_000 == 0:
        print(f"{looked_at:,} mailboxes looked at", file=sys.stderr, flush=True)


def _end_of_telling() -> None:
    if sys.stderr.isatty():
        print(file=sys.stderr)
