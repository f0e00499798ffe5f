from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.fields.json import KeyTransform
from django.utils.translation import gettext_lazy as _

from accounts.models.person import Person


class AuditEvent(models.Model):
    """What happened, for good: rows are added by ``accounts.audit.record`` and never changed or deleted."""

    happened_at = models.DateTimeField(_("when"), auto_now_add=True)
    verb = models.CharField(_("what"), max_length=64)
    actor = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("by"),
        help_text=_("Empty: the system."),
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="events", verbose_name=_("person concerned")
    )
    mailbox = models.CharField(_("mail address concerned"), max_length=320, blank=True, db_index=True)
    address = models.GenericIPAddressField(_("from address"), null=True)
    details = models.JSONField(_("details"), default=dict)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ("-pk",)
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="events_of_a_person", fields=["person", "-happened_at", "-id"]),
            # Of the refusals that are kept nowhere else: by the reference that a caller reads out.
            models.Index(KeyTransform("reference", "details"), name="county_refusals", condition=Q(verb="county.refused")),
        ]

    def __str__(self) -> str:
        return f"{self.happened_at:%Y-%m-%d %H:%M} {self.verb}"
