"""Some mailboxes beside what their server has of them."""

from collections.abc import Sequence
from datetime import datetime

from mailboxes.models import Delegation, Forwarding, Mailbox, Vacation
from mailboxes.provisioning import filters, sharing
from mailboxes.provisioning.reconciling import expected
from mailboxes.provisioning.reconciling.expected import Seen
from mailboxes.provisioning.stores import CannotTell, NoSuchMailbox, Store


def look(mailboxes: Sequence[Mailbox], store: Store, *, now: datetime) -> list[tuple[Mailbox, list[Seen]]]:
    """Each with its differences, at most a hundred mailboxes; StoreError if the store cannot tell of one of them."""
    found = store.accounts([mailbox.address for mailbox in mailboxes])
    filtered, sharers = _filtered(mailboxes), _sharers(mailboxes)
    looked = []
    for mailbox in mailboxes:
        script = filters.script_of(mailbox) if mailbox.pk in filtered else ""
        seen = list(expected.differences(mailbox, found.get(mailbox.address), script))
        if mailbox.pk in sharers:
            seen += expected.of_delegations(_delegations(mailbox, store, now))
        looked.append((mailbox, seen))
    return looked


def _filtered(mailboxes: Sequence[Mailbox]) -> set[int]:
    """Those whose script is not empty: few, and only their rows are read for it."""
    forwarding = Forwarding.objects.filter(mailbox__in=mailboxes).exclude(mode=Forwarding.Mode.OFF)
    replies = Vacation.objects.filter(mailbox__in=mailboxes, is_on=True)
    return {pk for rows in (forwarding, replies) for pk in rows.values_list("mailbox", flat=True)}


def _sharers(mailboxes: Sequence[Mailbox]) -> set[int]:
    """Those that have, or once had, a delegation: to read the lists of every mailbox would take hours."""
    return set(Delegation.objects.filter(mailbox__in=mailboxes).values_list("mailbox", flat=True))


def _delegations(mailbox: Mailbox, store: Store, now: datetime) -> list[sharing.Difference]:
    try:
        return sharing.compare(mailbox, store, now=now)
    except (NoSuchMailbox, CannotTell):
        return []  # the first is a difference already
