from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.management.passwords import add_option, new_password
from accounts.models import Person
from accounts.staff import services


class Command(BaseCommand):
    help = (
        "Gives a staff account a new password and takes its second factors away, as for a telephone that is lost. "
        "It signs out everywhere and sets up a new factor at the next sign-in."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the user name")
        add_option(parser)

    def handle(self, *args: Any, name: str, password_stdin: bool, **options: Any) -> None:
        staff = Person.objects.filter(username=name, is_staff=True).first()
        if staff is None:
            raise CommandError(f"There is no staff account {name}. Nothing was changed.")
        services.begin_anew(staff, actor=None, password=new_password(stdin=password_stdin))
        self.stdout.write(f"{name} begins anew: with the new password, and a second factor that they set up at /admin/.")
