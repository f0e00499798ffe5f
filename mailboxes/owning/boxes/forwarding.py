"""轉寄資訊: where letters go on to, by the portal and by the owner's own filter, and the automatic reply."""

import logging
from typing import Any

from django.utils import timezone

from mailboxes.models import Job, Mailbox
from mailboxes.owning import patience
from mailboxes.owning.forwarding import services, vacations
from mailboxes.provisioning import filters
from mailboxes.provisioning.stores import CannotTell, StoreError

log = logging.getLogger(__name__)


def show(mailbox: Mailbox) -> dict[str, Any]:
    """What the portal knows by itself is shown also while the mail server, which has the owner's own filter, is away."""
    vacation = vacations.of(mailbox)
    change = Job.newest(mailbox, Job.Kind.FILTER)
    return {
        **_own(mailbox),
        "mode": services.mode_of(mailbox),
        "forwards": mailbox.forwards.all(),
        "vacation": vacation,
        "is_answering": vacations.is_answering(vacation, timezone.localdate()),
        "is_on_its_way": change is not None and change.state == Job.State.WAITING,
    }


def _own(mailbox: Mailbox) -> dict[str, Any]:
    try:
        with patience.store_of(mailbox) as store:
            return {"own": filters.redirects(store.own_filter(mailbox.address))}
    except CannotTell:
        raise
    except StoreError as error:
        log.warning("The own filter of %s: %s (%s)", mailbox.address, error, error.code)
        return {"own_problem": error.code}
