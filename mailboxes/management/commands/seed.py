import json
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.dateparse import parse_datetime

from accounts.models import Policy, PolicyVersion
from mailboxes.models import MailService, ReasonTemplate, ReservedName


class Command(BaseCommand):
    help = (
        "Adds the policies, mail services, templates of reasons and reserved names of a JSON file that are not there yet. "
        "What is there stays as an administrator left it, so the command may be run at every start."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            seed = json.loads(file.read_text())
        except (OSError, ValueError) as error:
            raise CommandError(f"{file} cannot be read: {error}") from error
        try:
            with transaction.atomic():
                made = sum(_policy(row) for row in seed["policies"])
                made += sum(_service(row) for row in seed["services"])
                made += sum(_reason(row) for row in seed.get("reasons", []))
                made += sum(ReservedName.objects.get_or_create(word=word)[1] for word in seed["reserved"])
        except (KeyError, TypeError, ValidationError, Policy.DoesNotExist) as error:
            raise CommandError(f"{file} has a row that does not fit: {error!r}. Nothing was added.") from error
        if options["verbosity"]:
            self.stdout.write(f"Added {made} of {sum(len(rows) for rows in seed.values())} entries.")


def _policy(row: dict[str, Any]) -> bool:
    versions = row.pop("versions")
    policy, made = Policy.objects.get_or_create(slug=row.pop("slug"), defaults=row)
    if made:
        for version in versions:
            version["in_force_from"] = parse_datetime(version["in_force_from"])
            PolicyVersion(policy=policy, **version).full_clean()
            PolicyVersion.objects.create(policy=policy, **version)
    return made


def _service(row: dict[str, Any]) -> bool:
    if MailService.objects.filter(slug=row["slug"]).exists():
        return False
    policies = [Policy.objects.get(slug=slug) for slug in row.pop("policies")]
    service = MailService(**row)
    service.full_clean()
    service.save()
    service.policies.set(policies)
    return True


def _reason(row: dict[str, Any]) -> bool:
    ReasonTemplate(**row).full_clean()
    return ReasonTemplate.objects.get_or_create(title_en=row["title_en"], defaults=row)[1]
