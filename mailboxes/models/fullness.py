from typing import ClassVar

from django.db import models
from django.db.models import Q

from mailboxes.models.mailbox import Mailbox


class FullnessWarning(models.Model):
    """How full a mailbox was when its owner was last told so: nobody is told the same again before it fell under."""

    LEVELS = (80, 90, 95)  # per cent

    mailbox = models.OneToOneField(Mailbox, on_delete=models.PROTECT, primary_key=True)
    level = models.PositiveSmallIntegerField()
    noted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="fullness_level_known", condition=Q(level__in=[0, 80, 90, 95])),
        ]

    def __str__(self) -> str:
        return f"{self.mailbox}: {self.level} %"
