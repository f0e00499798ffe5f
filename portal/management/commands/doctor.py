from typing import Any

from django.core.management.base import BaseCommand

from portal import doctor


class Command(BaseCommand):
    help = "Looks at everything that the portal needs, and says the cure of each problem. Ends with 1 if there is one."
    requires_system_checks: list[str] = []  # noqa: RUF012  # it runs them itself, and goes on after an error

    def handle(self, *args: Any, **options: Any) -> None:
        findings = doctor.examine()
        for finding in findings:
            self.stdout.write(f"{finding.level:<8} {finding.code}: {finding.text}")
            if finding.cure:
                self.stdout.write(f"{'':<8} -> {finding.cure}")
        problems = sum(finding.level == "problem" for finding in findings)
        self.stdout.write(f"{problems} problems." if problems else "Everything that was looked at works.")
        if problems:
            raise SystemExit(1)
