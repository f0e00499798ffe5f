from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import rows
from accounts.bilingual import Bilingual
from mailboxes.models.service import MailService


class Notice(models.Model):
    """What administrators have to say to the owners of mailboxes, for a time: plain text, never HTML."""

    title_zh = models.CharField(_("title (Chinese)"), max_length=100)
    title_en = models.CharField(_("title (English)"), max_length=100)
    text_zh = models.TextField(_("text (Chinese)"), help_text=_("Plain text. Web addresses become links."))
    text_en = models.TextField(_("text (English)"))
    shown_from = models.DateTimeField(pgettext_lazy("notice", "from"))
    shown_until = models.DateTimeField(pgettext_lazy("notice", "until"), null=True, blank=True)
    service = models.ForeignKey(
        MailService,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        verbose_name=_("service"),
        help_text=_("Empty: the mailboxes of all services."),
    )

    title = Bilingual("title")
    text = Bilingual("text")

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ("-shown_from", "-pk")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="notice_ends_after_it_begins",
                condition=Q(shown_until__isnull=True) | Q(shown_until__gt=F("shown_from")),
                violation_error_message=_("A notice has to end after it begins."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def in_force(cls, service: MailService, now: object) -> list["Notice"]:
        """Those that the owners of the service's mailboxes are to see now, the newest first."""
        return [notice for notice, _row in rows.fetch(cls, IN_FORCE, [service.pk, now, now])]


IN_FORCE = rows.select(
    "SELECT {notice} FROM mailboxes_notice AS notice WHERE (notice.service_id IS NULL OR notice.service_id = %s)"
    " AND notice.shown_from <= %s AND (notice.shown_until IS NULL OR notice.shown_until > %s)"
    " ORDER BY notice.shown_from DESC, notice.id DESC",
    notice=Notice,
)
