from typing import ClassVar

from django.db import models
from django.db.models import Q, Value
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Left, StrIndex
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models.appending import AppendOnlyModel
from accounts.models.person import Person

REFUSED = Q(verb__in=["handoff.refused", "county.refused"])


class AuditEvent(AppendOnlyModel):
    """What happened: rows are added by ``accounts.audit.record`` and never changed. Those of the verbs in ``Retention`` are
    deleted after their time by ``accounts.auditing.pruning`` and by nothing else."""

    happened_at = models.DateTimeField(_("when"), auto_now_add=True)
    verb = models.CharField(_("what"), max_length=64)
    actor = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("by"),
        help_text=_("Empty: the system."),
    )
    person = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        related_name="events",
        db_index=False,
        verbose_name=_("person concerned"),
    )
    mailbox = models.CharField(_("mail address concerned"), max_length=320, blank=True, db_index=True)
    address = models.GenericIPAddressField(_("from address"), null=True)
    details = models.JSONField(_("details"), default=dict)
    # The verb's first word, for lists of one kind in order.
    kind = models.GeneratedField(
        expression=Left("verb", StrIndex("verb", Value(".")) - 1),
        output_field=models.CharField(_("kind"), max_length=64),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ("-pk",)
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="events_of_a_person", fields=["person", "-happened_at", "-id"]),
            # Of the refusals that are kept nowhere else: by the reference that a caller reads out.
            models.Index(KeyTransform("reference", "details"), name="county_refusals", condition=Q(verb="county.refused")),
            models.Index(name="events_by_somebody", fields=["actor", "-id"]),
            models.Index(name="events_of_a_kind", fields=["kind", "-id"]),
            models.Index(name="events_of_a_verb", fields=["verb", "-id"]),
            models.Index(name="events_from_an_address", fields=["address", "-id"], condition=Q(address__isnull=False)),
            models.Index(name="events_by_time", fields=["happened_at"]),
            models.Index(
                KeyTransform("reference", "details"),
                name="events_with_a_reference",
                condition=Q(details__has_key="reference"),
            ),
            models.Index(name="events_refused", fields=["happened_at"], condition=REFUSED),
        ]

    def __str__(self) -> str:
        return f"{self.happened_at:%Y-%m-%d %H:%M} {self.verb}"


class AuditLink(AppendOnlyModel):
    """One link of the chain that shows whether an event was changed or taken away; ``accounts.auditing.chain`` says how.

    It outlives an event that is deleted after its time, so it holds what tells whether that was so: verb and moment.
    """

    number = models.BigIntegerField(primary_key=True)  # 1, 2, 3 … without a gap
    event = models.BigIntegerField(unique=True)  # no foreign key: the event may have been deleted after its time
    verb = models.CharField(max_length=64)
    happened_at = models.DateTimeField(db_index=True)
    digest = models.BinaryField()
    chain = models.BinaryField()
    seal = models.BinaryField()
    key = models.CharField(max_length=8)

    class Meta:
        ordering = ("number",)

    def __str__(self) -> str:
        return f"{self.number}: event {self.event}"


class Retention(models.Model):
    """How long events of one verb are kept; those of a verb without a row here are kept for good.

    The triggers of the events read this table. Nobody gives their own acts so short a time that the next look misses them.
    """

    verb = models.CharField(
        pgettext_lazy("audit", "events"), max_length=64, unique=True, help_text=_("As the events show it: handoff.signed-in")
    )
    days = models.PositiveIntegerField(pgettext_lazy("audit", "days"), help_text=_("Events older than this are deleted."))

    class Meta:
        verbose_name = _("time for which events are kept")
        verbose_name_plural = _("times for which events are kept")
        ordering = ("verb",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="events_are_kept_for_days",
                condition=Q(days__gte=30, days__lte=36500),
                violation_error_message=_("Events are kept for 30 days at least, and for a hundred years (36500) at most."),
            ),
            # What a deletion is explained by; the triggers keep these too.
            models.CheckConstraint(
                name="prunings_are_kept",
                condition=~Q(verb__startswith="audit."),
                violation_error_message=_("What is done with the events themselves stays on record for good."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb}: {self.days}"


class Noticed(models.Model):
    """What the portal last saw of a thing that is not changed through it, as a file: so that a change is told once."""

    name = models.CharField(max_length=250, unique=True)
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.name
