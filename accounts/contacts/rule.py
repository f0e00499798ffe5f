"""What can be a contact address: an ordinary mail address in ASCII, of somebody else's mail system."""

import re
import unicodedata
from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

from accounts.models import Person

LONGEST = 254  # octets, RFC 5321, 4.5.3.1.3 less the angle brackets
LONGEST_LOCAL_PART = 64  # RFC 5321, 4.5.3.1.1
FORM = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]+@[a-z0-9.-]+", re.IGNORECASE | re.ASCII)
_is_address = EmailValidator(allowlist=[])

Owns = Callable[[Person, str], bool]
_owns: list[Owns] = []


def learn_own(owns: Owns) -> None:
    """Have ``owns(person, address)`` asked whether the address is a mailbox of that person here: this room knows none."""
    _owns.append(owns)


def normal(typed: str) -> str:
    """The address as it is kept: full-width signs made narrow, the domain in lower case.

    ValidationError for what is none. Letters other than ASCII are left out on purpose: not every server takes RFC 6531.
    """
    address = unicodedata.normalize("NFKC", typed).strip()
    if not address.isascii():
        raise ValidationError(
            _("Write the address in Latin letters, digits and signs only; a domain in other letters in its form “xn--…”."),
            code="not-ascii",
        )
    local_part, _at, domain = address.rpartition("@")
    if len(address) > LONGEST or len(local_part) > LONGEST_LOCAL_PART:
        raise ValidationError(
            _("This address is too long: a mail address has at most 64 characters before the @ and 254 in all."),
            code="too-long",
        )
    try:
        _is_address(address)
    except ValidationError:
        fits = False
    else:
        fits = FORM.fullmatch(address) is not None
    if not fits:
        raise ValidationError(_("This is not a mail address. Write it like name@example.org."), code="invalid")
    return f"{local_part}@{domain.lower()}"


def check_not_own(person: Person, address: str) -> None:
    """ValidationError where it is a mailbox of theirs here: a letter to it helps nobody who cannot come in."""
    if any(owns(person, address) for owns in _owns):
        raise own_mailbox()


def own_mailbox() -> ValidationError:
    return ValidationError(
        _("This is your own mailbox here. A contact address is where you can be reached if it does not open; give another."),
        code="own-mailbox",
    )
