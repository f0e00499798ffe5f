"""A row of the outbox as the letter that people read: in their language, as plain text and as HTML."""

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from functools import cache
from typing import Any

from django.conf import settings
from django.template import Context
from django.template.loader import get_template
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import override

from accounts.models import Letter

SUBJECT = ".subject.txt"
AS_SENT = SMTP.clone(cte_type="7bit")  # no server on the way has to know 8BITMIME


def message(letter: Letter) -> EmailMessage:
    """The whole letter; each try of the same row makes the same Message-ID, so that a second copy is known as one."""
    with override(letter.language):
        values = _values(letter)
        subject = _subject(letter, values)
        text = _rendered(letter, ".txt", values, autoescape=False).strip() + "\n"
        html = _rendered(letter, ".html", values, autoescape=True)
    made = EmailMessage(policy=AS_SENT)
    made["From"] = formataddr((values["office_name"], settings.OFFICE_EMAIL))
    made["To"] = letter.to
    made["Subject"] = subject
    made["Date"] = format_datetime(timezone.localtime(letter.created_at))
    made["Message-ID"] = message_id(letter)
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office note comes back
    made.set_content(text)
    made.add_alternative(html, subtype="html")
    made["Content-Language"] = values["language_tag"]  # last: whoever sets the content clears such headers
    return made


@cache
def kinds() -> list[str]:
    """Every kind of letter that has a template."""
    places = (settings.BASE_DIR / "templates" / "letters").glob(f"*{SUBJECT}")
    return sorted(place.name.removesuffix(SUBJECT) for place in places)


def subject(letter: Letter) -> str:
    """What it is about, in the reader's language and not the letter's."""
    return _subject(letter, _values(letter))


def message_id(letter: Letter) -> str:
    unguessable = salted_hmac("accounts.letters", str(letter.pk)).hexdigest()[:20]
    return f"<letter.{letter.pk}.{unguessable}@{settings.OFFICE_EMAIL.rpartition('@')[2]}>"


def _subject(letter: Letter, values: dict[str, Any]) -> str:
    return " ".join(_rendered(letter, SUBJECT, values, autoescape=False).split())


def _rendered(letter: Letter, suffix: str, values: dict[str, Any], *, autoescape: bool) -> str:
    template: Any = get_template(f"letters/{letter.kind}{suffix}")
    rendered: str = template.template.render(Context(values, autoescape=autoescape))
    return rendered


def _values(letter: Letter) -> dict[str, Any]:
    english = letter.language == "en"
    context: dict[str, Any] = letter.context
    return context | {
        "person": letter.person,
        "to": letter.to,
        "subject_template": f"letters/{letter.kind}.subject.txt",
        "language_tag": "en" if english else "zh-Hant",
        "office_name": settings.OFFICE_NAME["en" if english else "zh-hant"],
        "office_email": settings.OFFICE_EMAIL,
        "office_phone": settings.OFFICE_PHONE,
        "portal_url": settings.PORTAL_URL,
    }
