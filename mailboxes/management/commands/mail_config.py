from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from mailboxes.provisioning.mailconfig import MailConfig, Unfit
from mailboxes.provisioning.stores.dovecot.places import place

TEXTS = {
    "hostname": "the mail server's name, as in its certificate",
    "certificate": "path of the TLS certificate with its chain, as Dovecot and Postfix will read it",
    "certificate-key": "path of its private key",
    "reader": "PostgreSQL role of `manage.py mail_database --reader`",
    "portal-url": "where Dovecot reaches the portal's own web server, to tell of sign-ins: http://127.0.0.1:8000",
    "etc": "where the folders dovecot and postfix will lie",
    "mail-dir": "where the letters lie",
    "mail-user": "the system user whom the letters belong to, and its group",
    "run-dir": "a trial without TLS, on this machine only, with everything that runs in this folder",
    "run-as": "the ordinary user who runs that trial, instead of root",
}
NUMBERS = {
    "largest-message": "octets of the largest letter as sent; attachments grow by a third on their way",
    "imap-port": "of IMAP with STARTTLS",
    "pop3-port": "of POP3 with STARTTLS",
    "smtp-port": "of SMTP",
    "submission-port": "of SMTP where mail programs sign in",
    "relay-port": "of SMTP on this machine, for what Dovecot forwards",
}


class Command(BaseCommand):
    requires_system_checks = ()  # it may be needed before the rest of the installation is there
    help = (
        "Writes the configuration of Dovecot 2.3 and Postfix 3.7 for the store dovecot. Everything else it takes from the "
        "portal's own settings: MAIL_DATABASE_URL, DOVEADM_URL, DOVEADM_API_KEY, MAIL_EVENTS_KEY, LMTP_URL."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--out", type=Path, required=True, help="folder that gets dovecot/ and postfix/")
        parser.add_argument("--reader-password-file", type=Path, help="file with the reader's password")
        for name, text in TEXTS.items():
            parser.add_argument(f"--{name}", help=text)
        for name, text in NUMBERS.items():
            parser.add_argument(f"--{name}", type=int, help=text)

    def handle(self, *args: Any, out: Path, reader_password_file: Path | None, **options: Any) -> None:
        names = [name.replace("-", "_") for name in (*TEXTS, *NUMBERS)]
        given = {name: options[name] for name in names if options[name] is not None}
        try:
            config = MailConfig(
                database=settings.MAIL_DATABASE_URL,
                doveadm=place(settings.DOVEADM_URL, "http", "https"),
                lmtp=place(settings.LMTP_URL, "lmtp"),
                api_key=settings.DOVEADM_API_KEY,
                events_key=settings.MAIL_EVENTS_KEY,
                postmaster=settings.OFFICE_EMAIL,
                reader_password=reader_password_file.read_text().strip() if reader_password_file else "",
                **given,
            )
            for path in config.write(out):
                self.stdout.write(str(path))
        except (Unfit, OSError) as error:
            raise CommandError(str(error)) from error
