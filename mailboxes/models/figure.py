from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mailboxes.models.application import Application
from mailboxes.models.service import MailService


class Figure(Application):
    """Applications as the pictures count them: a page and a right of its own in the administration. It shows no row."""

    class Meta:
        proxy = True
        default_permissions = ("view",)
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")


class Tally(models.Model):
    """How often something happened on a day at a service. Only the number is kept: neither of whom nor when on that day.

    The score of a password stands nowhere else. Beside a person it would tell whoever reads the database where guessing is
    worth while; counted here, it says something of one person only where that person was a service's only one that day.
    """

    class What(models.TextChoices):
        STRENGTH = "strength", pgettext_lazy("tally", "Password taken, by its score")
        FAILURE = "failure", pgettext_lazy("tally", "Try at the mail server that failed, by the code of the error")

    day = models.DateField(_("day"))
    service = models.ForeignKey(MailService, on_delete=models.CASCADE, verbose_name=_("service"))
    what = models.CharField(_("what"), max_length=16, choices=What)
    value = models.CharField(_("value"), max_length=32)
    count = models.PositiveBigIntegerField(_("count"))

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="tally_one_a_day", fields=["day", "service", "what", "value"]),
            models.CheckConstraint(name="tally_kind_known", condition=Q(what__in=["strength", "failure"])),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.what} {self.value}: {self.count}"
