"""帳號授權資訊: who else may use folders of a mailbox, whose folders its owner may use, and what the mail server says."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from mailboxes.models import Delegation, Job, Mailbox
from mailboxes.owning import patience
from mailboxes.owning.boxes.folders import shown_name
from mailboxes.provisioning import sharing
from mailboxes.provisioning.stores import CannotTell, StoreError

SHOWN_AFTER = timedelta(days=30)  # since its end
MOST = 50


def show(mailbox: Mailbox) -> dict[str, Any]:
    now = timezone.now()
    shown: dict[str, Any] = {
        "given": _rows(mailbox.given.select_related("delegate__person"), now),
        "received": _rows(mailbox.received.select_related("mailbox__person"), now),
    }
    if Job.objects.filter(mailbox=mailbox, kind=Job.Kind.SHARE, state=Job.State.WAITING).exists():
        return shown | {"on_its_way": True}
    try:
        with patience.store_of(mailbox) as store:
            found = sharing.compare(mailbox, store, now=now)
    except CannotTell:
        raise
    except StoreError as error:
        return shown | {"not_compared": error.code}  # the rows are ours, and stand without the server
    return shown | {"compared": True, "differences": _told(found)}


def _rows(rows: QuerySet[Delegation], now: datetime) -> list[dict[str, Any]]:
    recent = Q(state__in=Delegation.LIVING) | Q(ends_at__gt=now - SHOWN_AFTER)
    return [{"row": row, "folders": names(row.folders)} for row in rows.filter(recent)[:MOST]]


def names(folders: Iterable[str]) -> list[str]:
    return [shown_name(name) for name in folders]


def _told(differences: Iterable[sharing.Difference]) -> list[dict[str, Any]]:
    labels = dict(Delegation.Rights.choices)
    return [
        {
            "folder": shown_name(one.folder),
            "who": one.who,
            "believed": labels.get(one.believed, one.believed),
            "found": labels.get(one.found, one.found),
            "gone": one.gone,
        }
        for one in differences
    ]
