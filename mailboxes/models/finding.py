from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mailboxes.models.mailbox import Mailbox
from mailboxes.models.service import MailService


class Reconciliation(models.Model):
    """One look at every mailbox on both sides. Only a complete one can say that a difference is gone."""

    service = models.ForeignKey(
        MailService, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("service")
    )  # none: all of them
    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"), null=True)  # none: at work, or its process has died
    complete = models.BooleanField(_("complete"), default=False)
    looked_at = models.PositiveIntegerField(_("mailboxes looked at"), default=0)
    differences = models.PositiveIntegerField(_("differences"), default=0)
    resolved = models.PositiveIntegerField(_("differences gone"), default=0)
    note = models.TextField(_("why it is not complete"), blank=True)

    class Meta:
        verbose_name = _("reconciliation")
        verbose_name_plural = _("reconciliations")
        ordering = ("-pk",)
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="reconciliation_complete_is_finished", condition=Q(complete=False) | Q(finished_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"


class Finding(models.Model):
    """Something that the portal and the mail server see differently; open until a complete run sees it no more."""

    class Kind(models.TextChoices):
        MISSING = "missing", pgettext_lazy("finding", "Missing on the mail server")
        EXTRA = "extra", pgettext_lazy("finding", "Unknown to the portal")
        STATE = "state", pgettext_lazy("finding", "Open or suspended")
        QUOTA = "quota", pgettext_lazy("finding", "Quota")
        FORWARDING = "forwarding", pgettext_lazy("finding", "Forwarding and automatic reply")
        DELEGATION = "delegation", pgettext_lazy("finding", "Who else may use its folders")
        UNSEEN = "unseen", pgettext_lazy("finding", "Two views of the mail server")

    LONGEST = 500

    service = models.ForeignKey(
        MailService, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("service")
    )
    mailbox = models.ForeignKey(
        Mailbox, on_delete=models.PROTECT, null=True, related_name="findings", verbose_name=_("mailbox")
    )
    address = models.CharField(_("address"), max_length=320)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    # Facts and not sentences, as reconciling.expected writes them: whoever reads the list has a language of their own.
    portal_says = models.CharField(_("the portal says"), max_length=LONGEST, blank=True)
    server_says = models.CharField(_("the mail server says"), max_length=LONGEST, blank=True)
    first_seen = models.DateTimeField(_("first seen"))
    last_seen = models.DateTimeField(_("last seen"))
    repair_asked_at = models.DateTimeField(_("repair asked for at"), null=True, blank=True)
    resolved_at = models.DateTimeField(_("gone since"), null=True, blank=True)

    class Meta:
        verbose_name = _("difference from the mail server")
        verbose_name_plural = _("differences from the mail server")
        ordering = ("-pk",)
        default_permissions = ("view", "change")  # to change one is to repair what it says
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="findings_open", fields=["service", "kind"], condition=Q(resolved_at=None)),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="finding_one_open", fields=["address", "kind"], condition=Q(resolved_at__isnull=True)
            ),
            models.CheckConstraint(
                name="finding_kind_known",
                condition=Q(
                    kind__in=["missing", "extra", "state", "quota", "forwarding", "delegation", "unseen"],
                ),
            ),
            models.CheckConstraint(name="finding_first_seen_first", condition=Q(first_seen__lte=F("last_seen"))),
        ]

    def __str__(self) -> str:
        return f"{self.address}: {self.get_kind_display()}"

    @classmethod
    def is_to_be_made(cls, mailbox: Mailbox) -> bool:
        """Whether the server lacks this mailbox and somebody has asked for its repair: its next password makes it anew.

        Not once it is closed, for to make it is to open it.
        """
        return mailbox.state in Mailbox.OPEN and cls.to_be_made(mailbox).exists()

    @classmethod
    def to_be_made(cls, mailbox: Mailbox) -> "models.QuerySet[Finding]":
        """The open finding that says so, if there is one."""
        lacking = cls.objects.filter(mailbox=mailbox, kind=cls.Kind.MISSING, resolved_at=None)
        return lacking.filter(repair_asked_at__isnull=False)
