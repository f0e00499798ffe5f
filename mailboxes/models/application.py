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

WAITS = Q(state__in=["held", "review", "asked"])
OPEN = Q(state__in=["held", "review", "asked", "pending"])
IN_ORDER = ["queued_at", "id"]
# The filters of the queue, each of which has an index in the queue's order: so a page is read as fast however few it shows.
FILTERS = {"ours": Q(state__in=["held", "review"]), "held": Q(state="held"), "asked": Q(state="asked")} | {
    code: WAITS & Q(warnings__contains=code) for code in ("no-passport-name", "appeal", "caution", "second", "imported")
}


class Application(models.Model):
    """One person's request for a mailbox of one service, from the first step to the end."""

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("application", "Being filled in")
        HELD = "held", pgettext_lazy("application", "Waiting for the helpdesk")
        REVIEW = "review", pgettext_lazy("application", "Being reviewed")
        ASKED = "asked", pgettext_lazy("application", "Waiting for an answer")
        PENDING = "pending", pgettext_lazy("application", "Received")
        REJECTED = "rejected", pgettext_lazy("application", "Rejected")
        DONE = "done", pgettext_lazy("application", "Done")
        CANCELLED = "cancelled", pgettext_lazy("application", "Cancelled")

    class Warning(models.TextChoices):
        """Why an application needs somebody's eye."""

        NO_PASSPORT_NAME = "no-passport-name", pgettext_lazy("warning", "No passport name")
        APPEAL = "appeal", pgettext_lazy("warning", "Condition open to appeal only")
        CAUTION = "caution", pgettext_lazy("warning", "Name on the caution list")
        SECOND = "second", pgettext_lazy("warning", "Has another mailbox")
        IMPORTED = "imported", pgettext_lazy("warning", "Brought by a file")

    IN_QUEUE = (State.HELD, State.REVIEW, State.ASKED)

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
    # What a reviewer lets the person choose from instead of the names that the rule gives, with spaces between.
    offered_names = models.CharField(_("names offered by a reviewer"), max_length=400, blank=True)
    # Codes of ``Warning`` with spaces between, as they were when the application was handed in.
    warnings = models.CharField(_("warnings"), max_length=100, blank=True)
    # Of the password, until the job of an approved application takes it over.
    password_hash = models.CharField(max_length=255, blank=True, editable=False)
    # Of the person, as they were then: whoever waits is filtered by them.
    queued_condition = models.CharField(max_length=16, blank=True, editable=False)
    queued_unit = models.CharField(max_length=100, blank=True, editable=False)
    queued_at = models.DateTimeField(_("waiting for review since"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.DRAFT)
    created_at = models.DateTimeField(_("begun at"), auto_now_add=True)
    submitted_at = models.DateTimeField(_("received at"), null=True, blank=True)
    # When a reviewer approved or rejected it.
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ("-pk",)
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="applications_queue", fields=IN_ORDER, condition=WAITS),
            models.Index(name="applications_queue_of_one", fields=["service", *IN_ORDER], condition=WAITS),
            models.Index(name="applications_queue_condition", fields=["queued_condition", *IN_ORDER], condition=WAITS),
            models.Index(name="applications_queue_unit", fields=["queued_unit", *IN_ORDER], condition=WAITS),
            *(models.Index(name=f"queue_{name}", fields=IN_ORDER, condition=rows) for name, rows in FILTERS.items()),
            models.Index(name="applications_received", fields=["submitted_at"], condition=Q(submitted_at__isnull=False)),
            models.Index(name="applications_open", fields=["state", "queued_at", "submitted_at"], condition=OPEN),
            models.Index(
                name="applications_decided",
                fields=["decided_at", "service", "queued_at"],
                condition=Q(decided_at__isnull=False),
            ),
            models.Index(name="applications_rejected", fields=["finished_at", "service"], condition=Q(state="rejected")),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="application_one_open",
                fields=["person", "service"],
                condition=Q(state__in=["draft", "held", "review", "asked", "pending"]),
                violation_error_message=_("You have applied for this service already."),
            ),
            models.CheckConstraint(
                name="application_state_known",
                condition=Q(state__in=["draft", "held", "review", "asked", "pending", "rejected", "done", "cancelled"]),
            ),
            models.CheckConstraint(
                name="application_received_has_mailbox",
                condition=~Q(state__in=["review", "asked", "pending", "done"])
                | Q(mailbox__isnull=False, submitted_at__isnull=False),
            ),
            models.CheckConstraint(name="application_queued_has_time", condition=~WAITS | Q(queued_at__isnull=False)),
            models.CheckConstraint(
                name="application_hash_only_in_review",
                condition=Q(~Q(password_hash=""), state__in=["review", "asked"])
                | Q(~Q(state__in=["review", "asked"]), password_hash=""),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("application", args=[self.reference])

    @property
    def warning_words(self) -> list[str]:
        return [str(self.Warning(code).label) for code in self.warnings.split()]
