import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError, no_translations

from mailboxes import names
from mailboxes.models import MailService


class Command(BaseCommand):
    help = "Print the account names that a passport name is offered in a service, one JSON object a line, in that order."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--service", required=True, help="short name of the mail service, such as mx")
        parser.add_argument("name", help='such as "WANG,HSIAO-MING"; - reads names from standard input, one a line')

    @no_translations
    def handle(self, *, service: str, name: str, **options: Any) -> None:
        chosen = _service(service)
        if name == "-":
            for line in sys.stdin:
                self._answer(chosen, line.strip())
            return
        try:
            offers = names.suggested(chosen, name)
        except names.NoUsableName as reason:
            raise CommandError(str(reason)) from reason
        for offer in offers:
            self._print(name=offer.name, why=offer.reason)

    def _answer(self, service: MailService, name: str) -> None:
        try:
            for offer in names.suggested(service, name):
                self._print(**{"for": name}, name=offer.name, why=offer.reason)
        except names.NoUsableName as reason:
            self._print(**{"for": name}, error=str(reason))

    def _print(self, **fields: str) -> None:
        self.stdout.write(json.dumps(fields))


def _service(slug: str) -> MailService:
    try:
        service = MailService.objects.get(slug=slug)
    except MailService.DoesNotExist:
        known = ", ".join(MailService.objects.values_list("slug", flat=True)) or "none"
        raise CommandError(f"There is no mail service {slug}; there is: {known}.") from None
    if service.names == MailService.Names.FIXED:
        raise CommandError(f"{service.name_en} fixes its names by a pattern; nothing in them comes from the passport name.")
    if service.names == MailService.Names.TYPED:
        raise CommandError(f"{service.name_en} lets people type their names; nothing in them comes from the passport name.")
    return service
