from functools import partial
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Person
from accounts.references import new_reference
from mailboxes.models.mailbox import Mailbox
from mailboxes.models.service import MailService


class Application(models.Model):
    """One person's request for a mailbox of one service, from the first step to the end."""

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("application", "Being filled in")
        HELD = "held", pgettext_lazy("application", "Waiting for the helpdesk")
        PENDING = "pending", pgettext_lazy("application", "Received")
        DONE = "done", pgettext_lazy("application", "Done")
        CANCELLED = "cancelled", pgettext_lazy("application", "Cancelled")

    OPEN = (State.DRAFT, State.HELD, State.PENDING)

    reference = models.CharField(
        _("application number"), max_length=16, unique=True, default=partial(new_reference, "A"), editable=False
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="applications", verbose_name=_("person"))
    service = models.ForeignKey(MailService, on_delete=models.PROTECT, verbose_name=_("service"))
    mailbox = models.ForeignKey(
        Mailbox, on_delete=models.PROTECT, null=True, blank=True, related_name="applications", verbose_name=_("mailbox")
    )
    # What was picked at "choose a name". Nothing is reserved by it; it brings people back to the step they were at.
    chosen_name = models.CharField(_("chosen name"), max_length=64, blank=True)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.DRAFT)
    created_at = models.DateTimeField(_("begun at"), auto_now_add=True)
    submitted_at = models.DateTimeField(_("received at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ("-pk",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="application_one_open",
                fields=["person", "service"],
                condition=Q(state__in=["draft", "held", "pending"]),
                violation_error_message=_("You have applied for this service already."),
            ),
            models.CheckConstraint(
                name="application_state_known",
                condition=Q(state__in=["draft", "held", "pending", "done", "cancelled"]),
            ),
            models.CheckConstraint(
                name="application_received_has_mailbox",
                condition=~Q(state__in=["pending", "done"]) | Q(mailbox__isnull=False, submitted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("application", args=[self.reference])
