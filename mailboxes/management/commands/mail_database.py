from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from mailboxes.provisioning.stores import StoreError
from mailboxes.provisioning.stores.dovecot import schema


class Command(BaseCommand):
    requires_system_checks = ()  # it may be needed before the rest of the installation is there
    help = (
        "Makes the accounts table and the views in the mail system's own database (MAIL_DATABASE_URL), or brings them up "
        "to date. It may be run at every start."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--reader", default="", help="PostgreSQL role of Dovecot and Postfix: it may read the views alone"
        )

    def handle(self, *args: Any, reader: str, **options: Any) -> None:
        if not settings.MAIL_DATABASE_URL:
            raise CommandError("MAIL_DATABASE_URL is not set. Set it to the mail system's own database.")
        try:
            schema.make(settings.MAIL_DATABASE_URL, reader=reader)
        except StoreError as error:
            raise CommandError(str(error)) from error
        self.stdout.write("The mail database is ready.")
