"""轉寄資訊: where letters go on to, by the portal and by the owner's own filter, and the automatic reply."""

from typing import Any

from django.utils import timezone

from mailboxes.models import Job, Mailbox
from mailboxes.owning.forwarding import services, vacations
from mailboxes.provisioning import filters
from mailboxes.provisioning.stores import registry


def show(mailbox: Mailbox) -> dict[str, Any]:
    own = filters.redirects(registry.named(mailbox.service.store).own_filter(mailbox.address))
    vacation = vacations.of(mailbox)
    change = Job.newest(mailbox, Job.Kind.FILTER)
    return {
        "mode": services.mode_of(mailbox),
        "forwards": mailbox.forwards.all(),
        "own": own,
        "vacation": vacation,
        "is_answering": vacations.is_answering(vacation, timezone.localdate()),
        "is_on_its_way": change is not None and change.state == Job.State.WAITING,
    }
