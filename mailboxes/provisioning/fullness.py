"""Letters to the owners of mailboxes that get full: one for each level that is reached, again only after it fell under."""

import time
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts import letters
from mailboxes.models import FullnessWarning, Mailbox, MailService
from mailboxes.provisioning.stores import Capacity, registry

BATCH = 100  # mailboxes asked for together
SECONDS = 10.0  # after which one task leaves the rest to another
MB = 1024 * 1024


def warn(service: MailService, *, after: int, now: datetime) -> int | None:
    """Look at the mailboxes whose number is above ``after``; from which number to go on, None at the end. StoreError."""
    until = time.monotonic() + SECONDS
    store = registry.named(service.store)
    open_ones = Mailbox.objects.filter(service=service, state__in=Mailbox.OPEN)
    while True:
        rows = open_ones.filter(pk__gt=after).select_related("person", "fullnesswarning").order_by("pk")
        batch = {mailbox.address: mailbox for mailbox in rows[:BATCH]}
        if not batch:
            return None
        for address, capacity in store.capacities(list(batch)).items():
            _note(service, batch[address], capacity, now)
        after = max(mailbox.pk for mailbox in batch.values())
        if time.monotonic() >= until:
            return after


def level_of(capacity: Capacity) -> int:
    """The highest level that is reached, in per cent; 0 below all of them and where there is no limit."""
    reached = (level for level in FullnessWarning.LEVELS if capacity.limit and 100 * capacity.used >= level * capacity.limit)
    return max(reached, default=0)


def _note(service: MailService, mailbox: Mailbox, capacity: Capacity, now: datetime) -> None:
    """Remember the level where it has changed; a rise is told in the same transaction."""
    known = getattr(mailbox, "fullnesswarning", None)
    was, level = known.level if known else 0, level_of(capacity)
    if level == was:
        return
    with transaction.atomic():
        if _changed(mailbox, known, level, now) and level > was:
            letters.post(
                "mailbox-full",
                to=mailbox.address,
                person=mailbox.person,
                service=service.slug,
                percent=100 * capacity.used // capacity.limit,
                used=capacity.used // MB,
                limit=capacity.limit // MB,
            )


def _changed(mailbox: Mailbox, known: FullnessWarning | None, level: int, now: datetime) -> bool:
    """Whether it was this process that changed it: another one may be looking at the same mailbox."""
    if known:
        rows = FullnessWarning.objects.filter(pk=mailbox.pk, level=known.level)
        return rows.update(level=level, noted_at=now) == 1
    try:
        with transaction.atomic():
            FullnessWarning.objects.create(mailbox=mailbox, level=level, noted_at=now)
    except IntegrityError:
        return False
    return True
