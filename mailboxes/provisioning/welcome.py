"""The first letter in a new mailbox, in both languages."""

from email.message import EmailMessage
from email.utils import format_datetime, formataddr

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import override

from mailboxes.models import Mailbox


def letter(mailbox: Mailbox) -> EmailMessage:
    """A bilingual plain-text letter from the office; the same mailbox always gets the same Message-ID.

    By its Message-ID a store finds this letter among all others, so nobody outside may guess it and send one like it.
    """
    message = EmailMessage()
    message["From"] = formataddr((settings.OFFICE_NAME["zh-hant"], settings.OFFICE_EMAIL))
    message["To"] = formataddr((mailbox.person.name, mailbox.address))
    message["Date"] = format_datetime(timezone.localtime())
    unguessable = salted_hmac("mailboxes.welcome", str(mailbox.pk)).hexdigest()[:20]
    message["Message-ID"] = f"<welcome.{mailbox.pk}.{unguessable}@{mailbox.domain}>"
    texts = []
    subjects = []
    for language in ("zh-hant", "en"):
        with override(language):
            subjects.append(_("Welcome to your new mailbox"))
            texts.append(
                _(
                    "Hello %(name)s,\n\n"
                    "your mailbox %(address)s is open. Letters to this address arrive here from now on.\n\n"
                    "The settings for mail programs and telephones are in the menu of the portal under “Mail programs”.\n\n"
                    "Nobody from this office will ever ask you for your password. Never mail it to anybody.\n\n"
                    "%(office)s\n%(mail)s  %(phone)s"
                )
                % {
                    "name": mailbox.person.name or mailbox.local_part,
                    "address": mailbox.address,
                    "office": settings.OFFICE_NAME[language],
                    "mail": settings.OFFICE_EMAIL,
                    "phone": settings.OFFICE_PHONE,
                }
            )
    message["Subject"] = " / ".join(subjects)
    message.set_content("\n\n————————————\n\n".join(texts) + "\n")
    return message
