from argparse import ArgumentParser, ArgumentTypeError
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.dateparse import parse_date

from accounts import audit
from accounts.auditing import chain, handing_over, sealing
from accounts.auditing.chain import Anchor
from accounts.auditing.verifying import Check, verify

SHOWN = 100


class Command(BaseCommand):
    help = "The chain over the events: check it, print its end, or write events for an auditor (docs/audit.md)."
    requires_system_checks = ()  # it needs the database and nothing else

    def add_arguments(self, parser: ArgumentParser) -> None:
        tools = parser.add_subparsers(dest="tool", required=True)
        check = tools.add_parser("verify", help="whether events are missing or changed; ends with 1 where one is")
        check.add_argument("--anchor", type=_anchor, action="append", default=[], help="what “anchor” printed once")
        check.add_argument("--since", type=_anchor, help="check only what came after this anchor")
        tools.add_parser("anchor", help="the end of the chain, to be kept where the database’s owner cannot reach")
        export = tools.add_parser("export", help="events with their links, as lines of JSON")
        export.add_argument("--from", dest="first", type=_day, required=True, metavar="DAY", help="2026-01-31")
        export.add_argument("--until", dest="last", type=_day, required=True, metavar="DAY", help="this day too")

    def handle(self, *args: Any, tool: str, **options: Any) -> None:
        match tool:
            case "verify":
                self._verify(options["since"] or Anchor(0, chain.START), options["anchor"])
            case "anchor":
                self.stdout.write(str(sealing.end()))
            case _:
                self._export(options["first"], options["last"])

    def _verify(self, since: Anchor, anchors: list[Anchor]) -> None:
        check = Check(end=since, anchors={anchor.number: anchor.chain for anchor in anchors})
        found = 0
        for fault in verify(check):
            found += 1
            if found <= SHOWN:
                self.stdout.write(str(fault))
        if found > SHOWN:
            self.stdout.write(f"… and {found - SHOWN} more.")
        told = f"{check.links} links: {check.sound} events as they were sealed, {check.pruned} deleted after their time."
        self.stdout.write(f"{told} {check.waiting} newer events wait to be sealed. The chain ends at {check.end}.")
        if found:
            self.stdout.write(f"{found} faults. docs/audit.md says what each means and what to do.")
            raise SystemExit(1)

    def _export(self, first: date, last: date) -> None:
        audit.record("audit.exported", person=None, since=str(first), until=str(last))
        for line in handing_over.lines(_midnight(first), _midnight(last + timedelta(days=1))):
            self.stdout.write(line)


def _anchor(text: str) -> Anchor:
    try:
        return chain.read_anchor(text)
    except ValueError:
        raise ArgumentTypeError(
            "write it as “audit anchor” printed it: a number, a colon and 64 hexadecimal digits"
        ) from None


def _day(text: str) -> date:
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise ArgumentTypeError("write a day as 2026-01-31")
    return day


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
