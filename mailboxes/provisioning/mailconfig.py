"""The configuration of Dovecot and Postfix, made from deploy/mail: one source for operators, tests and the demo."""

import grp
import os
import pwd
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psycopg2.extensions
from django.template import Context, Engine

from mailboxes.provisioning.stores.dovecot.database import is_postgres, sqlite_file
from mailboxes.provisioning.stores.dovecot.places import Place, place

TEMPLATES = Path(__file__).resolve().parent.parent.parent / "deploy" / "mail"
OPEN_TO_ALL = {"main.cf", "master.cf"}  # Postfix's own tools read them as anybody; every other file holds a secret
PLAIN = re.compile(r"[\w.~-]+", re.ASCII)  # what stands in three kinds of file without quotes


class Unfit(Exception):
    """An option that would make a configuration that does not work, or is not safe. The text is for operators."""


@dataclass(frozen=True)
class MailConfig:
    """``etc`` is where the folders dovecot/ and postfix/ will lie; ``run_dir`` makes it a trial without TLS on loopback."""

    database: str
    doveadm: Place
    lmtp: Place
    api_key: str
    postmaster: str
    hostname: str = "localhost"
    certificate: str = ""
    certificate_key: str = ""
    reader: str = ""
    reader_password: str = ""
    events_key: str = ""
    portal_url: str = "http://127.0.0.1:8000"
    etc: str = "/etc"
    mail_dir: str = "/srv/mail"
    mail_user: str = "vmail"
    largest_message: int = 75_000_000  # octets as sent; 50 MB grow by a third in base64
    imap_port: int = 143
    pop3_port: int = 110
    smtp_port: int = 25
    submission_port: int = 587
    relay_port: int = 10026
    run_dir: str = ""
    run_as: str = ""

    def write(self, folder: Path) -> list[Path]:
        """Write all files under ``folder``; their paths. Unfit if an option is missing."""
        self._require()
        return [
            self._write(template, folder / template.relative_to(TEMPLATES)) for template in sorted(TEMPLATES.glob("*/*"))
        ]

    def _require(self) -> None:
        if not self.api_key:
            raise Unfit("DOVEADM_API_KEY is not set. Choose a long random one: Dovecot gets it by this configuration.")
        if not self.run_dir and not (self.certificate and self.certificate_key):
            raise Unfit("Name the TLS certificate and its key: without them passwords would cross the network in the clear.")
        if is_postgres(self.database) and not (self.reader and self.reader_password):
            raise Unfit("Name the role that may only read, and the file with its password.")
        for value in (self.api_key, self.reader_password, self.reader, self.events_key):
            if value and not PLAIN.fullmatch(value):
                text = "DOVEADM_API_KEY, MAIL_EVENTS_KEY, the reader and its password may hold"
                raise Unfit(f"{text} letters, digits and . _ ~ - only.")

    def _portal(self) -> Place:
        try:
            return place(self.portal_url, "http", "https")
        except ValueError:
            raise Unfit(
                "Write the portal's address as http://127.0.0.1:8000, without a path: Dovecot reports to it."
            ) from None

    def _write(self, template: Path, path: Path) -> Path:
        source = re.sub(r"^({%.*%})\n", r"\1", template.read_text(), flags=re.MULTILINE)  # a tag on its own leaves no line
        text = Engine(autoescape=False).from_string(source).render(Context(self._values(), use_l10n=False))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        with open(
            path, "x", opener=lambda name, flags: os.open(name, flags, 0o644 if path.name in OPEN_TO_ALL else 0o600)
        ) as file:
            file.write(text)
        return path

    def _values(self) -> dict[str, Any]:
        postgres = None
        if is_postgres(self.database):
            postgres = {"host": "127.0.0.1", "port": "5432"} | psycopg2.extensions.parse_dsn(self.database)
        return asdict(self) | {
            "portal": self._portal(),
            "postgres": postgres,
            "mail_group": _group_of(self.mail_user),
            "run_as_group": _group_of(self.run_as),
            "sqlite": sqlite_file(self.database),
            "maps": "pgsql" if postgres else "sqlite",
            "trial": bool(self.run_dir),
            "queue_directory": f"{self.run_dir}/queue" if self.run_dir else "/var/spool/postfix",
        }


def _group_of(user: str) -> str:
    try:
        return grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name
    except KeyError:
        return user  # on another machine than the mail server's: as adduser --group makes it
