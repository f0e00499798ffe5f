from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mailboxes.models.mailbox import Mailbox

GOOD_FOR = timedelta(days=1)
PLACES = (1, 2, 3)  # as many addresses as one mailbox may forward to


class Forwarding(models.Model):
    """What the owner of a mailbox wants of its forwarding; where there is no row, nothing is forwarded."""

    class Mode(models.TextChoices):
        OFF = "off", pgettext_lazy("forwarding", "Off")
        COPY = "copy", pgettext_lazy("forwarding", "On, with a copy kept")
        MOVE = "move", pgettext_lazy("forwarding", "On, without a copy")

    mailbox = models.OneToOneField(Mailbox, on_delete=models.PROTECT, related_name="forwarding", verbose_name=_("mailbox"))
    mode = models.CharField(_("forwarding"), max_length=8, choices=Mode, default=Mode.OFF)

    class Meta:
        verbose_name = _("forwarding")
        verbose_name_plural = _("forwarding")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="forwarding_mode_known", condition=Q(mode__in=["off", "copy", "move"])),
        ]

    def __str__(self) -> str:
        return f"{self.mailbox}: {self.get_mode_display()}"


class Forward(models.Model):
    """An address that letters shall go on to. Nothing goes there before whoever reads it has confirmed it."""

    mailbox = models.ForeignKey(Mailbox, on_delete=models.PROTECT, related_name="forwards", verbose_name=_("mailbox"))
    place = models.PositiveSmallIntegerField(editable=False)  # one of PLACES, each once a mailbox: so there are never more
    target = models.CharField(_("to address"), max_length=254)  # RFC 5321 section 4.5.3.1.3, without the angle brackets
    asked_at = models.DateTimeField(_("asked for at"))  # of the last letter that asked
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("forward")
        verbose_name_plural = _("forwards")
        ordering = ("place",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="forward_place_once", fields=["mailbox", "place"]),
            models.CheckConstraint(name="forward_place_known", condition=Q(place__in=[1, 2, 3])),
            models.UniqueConstraint("mailbox", Lower("target"), name="forward_target_once"),
        ]

    def __str__(self) -> str:
        return f"{self.mailbox} → {self.target}"

    @property
    def good_until(self) -> datetime:
        """When the link in the last letter stops to confirm."""
        return self.asked_at + GOOD_FOR


class ForwardRefusal(models.Model):
    """Whoever reads an address does not want letters of that mailbox, nor to be asked again."""

    mailbox = models.ForeignKey(
        Mailbox, on_delete=models.PROTECT, related_name="forward_refusals", verbose_name=_("mailbox")
    )
    target = models.CharField(_("to address"), max_length=254)
    refused_at = models.DateTimeField(_("refused at"))

    class Meta:
        verbose_name = _("refused forward")
        verbose_name_plural = _("refused forwards")
        ordering = ("pk",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("mailbox", Lower("target"), name="forward_refused_once"),
        ]

    def __str__(self) -> str:
        return f"{self.mailbox} ↛ {self.target}"


class Vacation(models.Model):
    """An automatic reply, from the first day to the last in Taiwan's time, both included."""

    mailbox = models.OneToOneField(Mailbox, on_delete=models.PROTECT, related_name="vacation", verbose_name=_("mailbox"))
    is_on = models.BooleanField(_("switched on"), default=False)
    subject = models.CharField(_("subject"), max_length=120)
    text = models.TextField(_("text"), max_length=2000)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))

    class Meta:
        verbose_name = _("automatic reply")
        verbose_name_plural = _("automatic replies")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="vacation_ends_after_it_begins", condition=Q(last_day__gte=F("first_day"))),
        ]

    def __str__(self) -> str:
        return f"{self.mailbox}: {self.first_day} – {self.last_day}"
