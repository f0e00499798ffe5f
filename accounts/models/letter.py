from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models.person import Person


class Letter(models.Model):
    """A letter to be sent, or sent: the outbox. ``accounts.letters.post`` adds rows, and the workers alone change them."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("letter", "Waiting")
        SENT = "sent", pgettext_lazy("letter", "Sent")
        FAILED = "failed", pgettext_lazy("letter", "Given up")

    # Which of templates/letters/ it is made from; so the kinds are the templates, and no list here has to follow them.
    kind = models.CharField(_("kind"), max_length=64)
    to = models.CharField(_("to"), max_length=254)
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="letters", verbose_name=_("person")
    )
    language = models.CharField(_("language"), max_length=10)
    # What the templates need besides, and no secret: whatever opens something is made when the letter is written, from the
    # number of a row, by accounts.letters.links.
    context = models.JSONField(_("contents"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.WAITING)
    # Each claim adds one; a worker may settle only the attempt that it claimed.
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("due at"))
    leased_until = models.DateTimeField(_("being worked on until"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("posted at"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("outbox", "letter")
        verbose_name_plural = pgettext_lazy("outbox", "letters")
        ordering = ("-pk",)
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="letters_due", fields=["due_at"], condition=Q(state="waiting")),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="letter_state_known", condition=Q(state__in=["waiting", "sent", "failed"])),
            models.CheckConstraint(name="letter_sent_has_time", condition=~Q(state="sent") | Q(sent_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.to}"
