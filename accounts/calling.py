"""The code that somebody signed in reads out to the helpdesk, so that it knows who calls. It is kept nowhere.

It comes from the secret key, the person and the time alone: so any process can show it and any other can check it.
"""

import unicodedata
from datetime import UTC, datetime

from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import Person

STEP = 180  # seconds for which one code is shown; it is taken for as long again, for it has to be read out
DIGITS = 6


def code(person: Person, *, now: datetime) -> str:
    """Six digits, another every three minutes."""
    return _code(person, _step(now))


def good_until(now: datetime) -> datetime:
    """When the code that is shown now is no longer taken: three to six minutes from now."""
    return datetime.fromtimestamp((_step(now) + 2) * STEP, UTC)


def is_code(typed: str, person: Person, *, now: datetime) -> bool:
    """Whether it is the person's code of now or of the step before; spaces and full-width digits do not matter."""
    said = "".join(unicodedata.normalize("NFKC", typed).split()).encode()
    step = _step(now)
    return constant_time_compare(said, _code(person, step)) or constant_time_compare(said, _code(person, step - 1))


def _step(now: datetime) -> int:
    return int(now.timestamp()) // STEP


def _code(person: Person, step: int) -> str:
    drawn = int.from_bytes(salted_hmac("accounts.calling", f"{person.pk} {step}", algorithm="sha256").digest()[:8])
    return f"{drawn % 10**DIGITS:0{DIGITS}}"
