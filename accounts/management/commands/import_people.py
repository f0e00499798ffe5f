import getpass
import os
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import override

from accounts.importing import services
from accounts.importing.problems import Problem, Refused


class Command(BaseCommand):
    help = (
        "Imports people of the campus from a CSV file (UTF-8, Big5 or CP950). The whole file is checked first, and every"
        " problem is told by its line; a file with a problem changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="check the file, and import nobody")

    def handle(self, *args: Any, file: Path, dry_run: bool, **options: Any) -> None:
        try:
            content = file.read_bytes()
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        with override("en"):
            self._check(content)
            if dry_run:
                self.stdout.write("Nobody was imported: this was a dry run.")
            else:
                self._write(content, os.fsencode(file.name).decode(errors="replace"))

    def _check(self, content: bytes) -> None:
        try:
            report = services.check(content, tell=self._tell, progress=_progress("checked"))
        except Refused as refused:
            raise CommandError(f"{refused.problem.sentence} Nobody was imported.") from refused
        finally:
            _end_of_progress()
        self.stdout.write(f"Recognised as {report.encoding}.")
        if report.problems:
            raise CommandError(f"Problems: {report.problems}. Nobody was imported; mend them and run this again.")
        self._count(report, "To import")

    def _tell(self, problem: Problem) -> None:
        place = f"line {problem.line}" if problem.line else "the file"
        column = f", column {problem.column}" if problem.column else ""
        self.stdout.write(f"{place}{column}: {problem.sentence}")

    def _write(self, content: bytes, file_name: str) -> None:
        try:
            report = services.write(
                content,
                actor=None,
                address=None,
                file_name=file_name,
                now=timezone.now(),
                progress=_progress("imported"),
                by=_who(),
            )
        except IntegrityError as error:  # such as a local administrator whose user name is "campus:z99999"
            said = " ".join(str(error).split())
            raise CommandError(f"The database refuses somebody in the file: {said} Nobody was imported.") from error
        finally:
            _end_of_progress()
        self._count(report, "Imported")

    def _count(self, report: services.Report, what: str) -> None:
        self.stdout.write(
            f"{what}: {report.in_all} people, {report.new} new, {report.changed} changed, {report.same} the same."
        )


def _who() -> str:
    """The account of this machine that runs the command."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may have a user without a name
        return ""


def _progress(done: str) -> services.Progress:
    """A line on standard error, written over where somebody watches it."""
    end = "\r" if sys.stderr.isatty() else "\n"

    def tell(lines: int) -> None:
        if sys.stderr.isatty() or lines % 10_000 < services.AT_ONCE:
            print(f"{lines:,} lines {done}", end=end, file=sys.stderr, flush=True)

    return tell


def _end_of_progress() -> None:
    if sys.stderr.isatty():
        print(file=sys.stderr)
