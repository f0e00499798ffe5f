from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models.person import Person


class PeopleImport(models.Model):
    """A file of people that an administrator uploaded: checked by a worker, then imported once somebody says so.

    The file is kept for as long as it may still be wanted, and not a day longer.
    """

    class State(models.TextChoices):
        CHECKING = "checking", pgettext_lazy("import", "Being checked")
        REFUSED = "refused", pgettext_lazy("import", "Has problems")
        READY = "ready", pgettext_lazy("import", "Ready to be imported")
        WRITING = "writing", pgettext_lazy("import", "Being imported")
        DONE = "done", pgettext_lazy("import", "Imported")
        DROPPED = "dropped", pgettext_lazy("import", "Not wanted")
        FAILED = "failed", pgettext_lazy("import", "Broken off")

    state = models.CharField(_("state"), max_length=16, choices=State, default=State.CHECKING)
    file_name = models.CharField(_("file"), max_length=200)
    content = models.BinaryField(default=b"", blank=True)
    sha256 = models.CharField("SHA-256", max_length=64)
    lines = models.PositiveIntegerField(_("lines"), default=0)
    encoding = models.CharField(_("encoding"), max_length=20)
    new = models.PositiveIntegerField(_("new people"), default=0)
    changed = models.PositiveIntegerField(_("changed people"), default=0)
    same = models.PositiveIntegerField(_("unchanged people"), default=0)
    problem_count = models.PositiveIntegerField(_("problems"), default=0)
    problems = models.JSONField(default=list, blank=True)  # the first ones, as Problem.as_json gives them
    uploaded_at = models.DateTimeField(_("uploaded at"), auto_now_add=True)
    uploaded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("uploaded by"))
    confirmed_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("confirmed by")
    )
    address = models.GenericIPAddressField(_("from address"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    # As for a job of the outbox: each claim adds one, and a worker settles only the attempt that it claimed.
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("import of people")
        verbose_name_plural = _("imports of people")
        ordering = ("-pk",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="import_state_known",
                condition=Q(state__in=["checking", "refused", "ready", "writing", "done", "dropped", "failed"]),
            ),
            models.CheckConstraint(
                name="import_file_wiped_when_over",
                condition=Q(state__in=["checking", "ready", "writing"]) | Q(content=b""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.get_state_display()})"
