from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mailboxes.models.mailbox import Mailbox

FORGET_AT_ONCE = 5000  # rows


class LoginRecord(models.Model):
    """One sign-in at the mail server, as it told the portal. Nobody changes a row; the housekeeping removes the old ones.

    The country is not kept: it is looked up when it is shown, so that a database installed later tells of these rows too.
    """

    class Protocol(models.TextChoices):
        IMAP = "imap", "IMAP"
        POP3 = "pop3", "POP3"
        SMTP = "smtp", "SMTP"
        SIEVE = "sieve", "ManageSieve"

    mailbox = models.ForeignKey(Mailbox, on_delete=models.PROTECT, related_name="logins", db_index=False)
    happened_at = models.DateTimeField(_("when"))
    succeeded = models.BooleanField(_("succeeded"))
    # The password was right, but the mail server let nobody in.
    suspended = models.BooleanField(_("refused because suspended"), default=False)
    protocol = models.CharField(_("protocol"), max_length=8, choices=Protocol)
    address = models.GenericIPAddressField(_("from address"), null=True)
    # The mail server's name for the connection. Letters handed in by SMTP have none.
    session = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("mail server", "log-in")
        verbose_name_plural = pgettext_lazy("mail server", "log-ins")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="logins_of_a_mailbox", fields=["mailbox", "succeeded", "-happened_at"]),
            models.Index(name="logins_by_age", fields=["happened_at"]),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # The time is the mail server's own, to the microsecond: the same record sent again is no other.
            models.UniqueConstraint(name="login_told_once", fields=["mailbox", "happened_at", "session"]),
            models.CheckConstraint(name="login_protocol_known", condition=Q(protocol__in=["imap", "pop3", "smtp", "sieve"])),
            models.CheckConstraint(name="login_suspended_is_no_success", condition=Q(suspended=False) | Q(succeeded=False)),
        ]

    def __str__(self) -> str:
        return f"{self.happened_at:%Y-%m-%d %H:%M} {self.get_protocol_display()}"

    @classmethod
    def forget(cls, *, before: datetime) -> int:
        """Remove what happened before then, in small statements, so that no writer waits for long; how many there were."""
        found = 0
        old = cls.objects.filter(happened_at__lt=before).order_by("happened_at").values_list("pk", flat=True)
        while oldest := list(old[:FORGET_AT_ONCE]):
            found += cls.objects.filter(pk__in=oldest).delete()[0]
        return found
