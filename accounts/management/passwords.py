"""A password for an account of the staff, from a terminal or from standard input."""

import sys
from getpass import getpass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser
from django.views.decorators.debug import sensitive_variables


def add_option(parser: CommandParser) -> None:
    parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input, one line")


@sensitive_variables()
def new_password(*, stdin: bool) -> str:
    """Judged by the site's own validators; CommandError, which does not name it, if it will not do."""
    if stdin:
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = getpass("Password: ")
        if getpass("The password once more: ") != password:
            raise CommandError("The two passwords are not the same. Nothing was changed.")
    try:
        validate_password(password)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages) + " Nothing was changed.") from None
    return password
