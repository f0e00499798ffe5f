from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mailboxes.models.mailbox import Mailbox


class Delegation(models.Model):
    """Folders of a mailbox that the owner of another one may use for a time."""

    class State(models.TextChoices):
        OFFERED = "offered", pgettext_lazy("delegation", "Offered")
        ACCEPTED = "accepted", pgettext_lazy("delegation", "Accepted")
        DECLINED = "declined", pgettext_lazy("delegation", "Declined")
        ENDED = "ended", pgettext_lazy("delegation", "Ended")

    class Rights(models.TextChoices):
        READ = "read", _("read only")
        WRITE = "write", _("read, file, mark and delete")

    LIVING = (State.OFFERED, State.ACCEPTED)

    mailbox = models.ForeignKey(Mailbox, on_delete=models.PROTECT, related_name="given", verbose_name=_("mailbox"))
    delegate = models.ForeignKey(
        Mailbox, on_delete=models.PROTECT, related_name="received", verbose_name=pgettext_lazy("delegation", "delegate")
    )
    folders = models.JSONField(_("folders"))  # names as the store gives them, in Unicode
    rights = models.CharField(_("rights"), max_length=16, choices=Rights, default=Rights.READ)
    reason = models.CharField(_("reason"), max_length=200)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))  # the first moment at which it is over
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.OFFERED)
    offered_at = models.DateTimeField(_("offered at"), auto_now_add=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    # Since when the mail server may have it: written before it is asked, taken away after it has forgotten.
    given_at = models.DateTimeField(_("given by the server since"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True)

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        ordering = ("-pk",)
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="delegations_living", fields=["ends_at"], condition=Q(state__in=["offered", "accepted"])),
            models.Index(name="delegations_at_server", fields=["mailbox"], condition=Q(given_at__isnull=False)),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="delegation_one_living",
                fields=["mailbox", "delegate"],
                condition=Q(state__in=["offered", "accepted"]),
            ),
            models.CheckConstraint(
                name="delegation_state_known", condition=Q(state__in=["offered", "accepted", "declined", "ended"])
            ),
            models.CheckConstraint(name="delegation_rights_known", condition=Q(rights__in=["read", "write"])),
            models.CheckConstraint(name="delegation_begins_before_its_end", condition=Q(starts_at__lt=F("ends_at"))),
            models.CheckConstraint(name="delegation_not_to_oneself", condition=~Q(mailbox=F("delegate"))),
            models.CheckConstraint(
                name="delegation_ended_has_time", condition=~Q(state="ended") | Q(ended_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mailbox} → {self.delegate}"

    @classmethod
    def note_use(cls, owner: str, delegate: str, when: datetime) -> None:
        """Somebody has opened a folder of that owner (both are addresses): kept to the minute, the latest one."""
        named = [address.lower().rpartition("@") for address in (owner, delegate)]
        boxes = [Mailbox.objects.filter(local_part=local, domain=domain) for local, _at, domain in named]
        known = Q(last_used_at=None) | Q(last_used_at__lt=when - timedelta(minutes=1))
        open_ = cls.objects.filter(known, given_at__lte=when, mailbox__in=boxes[0], delegate__in=boxes[1])
        open_.update(last_used_at=when)

    @property
    def last_day(self) -> datetime:
        """A moment of the last day on which it holds."""
        return self.ends_at - timedelta(seconds=1)

    @property
    def is_living(self) -> bool:
        return self.state in self.LIVING
