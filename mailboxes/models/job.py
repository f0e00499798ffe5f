from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import rows
from mailboxes.models.mailbox import Mailbox


class Job(models.Model):
    """Something to be done at the mail server: the outbox. A row is the truth; the queue only says that one is there."""

    class Kind(models.TextChoices):
        CREATE = "create", pgettext_lazy("job", "Open the mailbox")
        PASSWORD = "password", pgettext_lazy("job", "Set the password")
        SUSPEND = "suspend", pgettext_lazy("job", "Suspend")
        RESUME = "resume", pgettext_lazy("job", "Resume")
        FILTER = "filter", pgettext_lazy("job", "Set forwarding and the automatic reply")
        CLOSE = "close", pgettext_lazy("job", "Close")
        QUOTA = "quota", pgettext_lazy("job", "Set the quota")
        SHARE = "share", pgettext_lazy("job", "Set who else may use its folders")

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("job", "Waiting")
        DONE = "done", pgettext_lazy("job", "Done")
        DROPPED = "dropped", pgettext_lazy("job", "No longer wanted")

    mailbox = models.ForeignKey(Mailbox, on_delete=models.PROTECT, related_name="jobs", verbose_name=_("mailbox"))
    # The address as it was when this was asked for: a name taken back before it reached the server may be chosen anew
    # with other separators, and what was asked for the old spelling still has to reach the old one.
    address = models.CharField(_("address"), max_length=165, editable=False)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.WAITING)
    password_hash = models.CharField(max_length=255, blank=True, editable=False)
    # Each claim adds one; a worker may settle only the attempt that it claimed.
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("due at"))
    leased_until = models.DateTimeField(_("being worked on until"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("asked for at"), auto_now_add=True)
    made_at = models.DateTimeField(_("the server took it at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ("-pk",)
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="jobs_due", fields=["due_at"], condition=Q(state="waiting")),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="job_hash_wiped_when_done", condition=Q(state="waiting") | Q(password_hash="")),
            models.CheckConstraint(name="job_state_known", condition=Q(state__in=["waiting", "done", "dropped"])),
            models.CheckConstraint(
                name="job_kind_known",
                condition=Q(kind__in=["create", "password", "suspend", "resume", "close", "filter", "quota", "share"]),
            ),
            models.CheckConstraint(
                name="job_hash_where_needed",
                condition=~Q(state="waiting", kind__in=["create", "password"]) | ~Q(password_hash=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.mailbox}"

    @classmethod
    def newest(cls, mailbox: Mailbox, kind: str) -> Self | None:
        """The last one of that kind that was not dropped."""
        found = rows.fetch(cls, NEWEST, [mailbox.pk, kind])
        return found[0][0] if found else None


NEWEST = rows.select(
    "SELECT {job} FROM mailboxes_job AS job"
    " WHERE job.mailbox_id = %s AND job.kind = %s AND job.state <> 'dropped' ORDER BY job.id DESC LIMIT 1",
    job=Job,
)
