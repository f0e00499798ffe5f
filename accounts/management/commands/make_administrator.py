from typing import Any

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import roles
from accounts.management.passwords import add_option, new_password
from accounts.models import Person
from accounts.staff import services
from accounts.staff.forms import NAME


class Command(BaseCommand):
    help = "Makes an administrator, who sets up a second factor at the first sign-in. Asks for the password twice."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the user name")
        add_option(parser)

    def handle(self, *args: Any, name: str, password_stdin: bool, **options: Any) -> None:
        try:
            NAME(name)
        except ValidationError as error:
            raise CommandError(f"{name!r} is no user name. {error.messages[0]}") from None
        if Person.objects.filter(username=name, is_active=True, groups__name=roles.ADMINISTRATOR).exists():
            self.stdout.write(f"{name} is an administrator already. Nothing was changed.")
            return
        if Person.objects.filter(username=name).exists():
            raise CommandError(f"{name} is an account without that role, or closed. Choose another name.")
        password = new_password(stdin=password_stdin)
        group = Group.objects.get(name=roles.ADMINISTRATOR)
        services.make(actor=None, username=name, name=name, password=password, groups=[group])
        self.stdout.write(f"{name} is an administrator. At /admin/ they sign in and set up a second factor.")
