"""What the tests of letters share: one that is posted, and its state."""

from datetime import UTC, datetime

from accounts import letters
from accounts.models import Letter, Person

TO = "wang@elsewhere.example"
UNTIL = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)


def posted(person: Person | None = None, **more: object) -> Letter:
    return letters.post("contact-confirm", to=TO, person=person, contact=7, until=UNTIL, **more)


def now_as(letter: Letter) -> str:
    letter.refresh_from_db()
    return letter.state
