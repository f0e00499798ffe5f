"""Events with their links as lines of JSON, for an auditor who checks them elsewhere: docs/audit.md has the format."""

from collections.abc import Iterator
from datetime import datetime

from accounts.auditing import chain
from accounts.models import AuditEvent, AuditLink

AT_ONCE = 2000


def lines(since: datetime, until: datetime) -> Iterator[str]:
    """One line for what stands before, and one for each sealed event from ``since`` until before ``until``.

    Links follow each other without a gap, so an event from just outside may be among them.
    """
    within = AuditLink.objects.filter(happened_at__gte=since, happened_at__lt=until)
    first = within.order_by("number").values_list("number", flat=True).first()
    last = within.order_by("-number").values_list("number", flat=True).first()
    if first is None or last is None:
        return
    before = AuditLink.objects.filter(number=first - 1).values_list("chain", flat=True).first()
    yield _line({"before": (bytes(before) if before else chain.START).hex(), "links": last - first + 1})
    for start in range(first, last + 1, AT_ONCE):
        yield from _some(start, min(start + AT_ONCE - 1, last))


def _some(first: int, last: int) -> Iterator[str]:
    found = list(AuditLink.objects.filter(number__gte=first, number__lte=last).order_by("number"))
    rows = AuditEvent.objects.filter(pk__in=[link.event for link in found]).values_list(*chain.COLUMNS)
    events = {row[0]: chain.facts(row) for row in rows}
    for link in found:
        said = {
            "number": link.number,
            "id": link.event,
            "happened_at": chain.moment(link.happened_at),
            "verb": link.verb,
            "digest": bytes(link.digest).hex(),
            "chain": bytes(link.chain).hex(),
            "seal": bytes(link.seal).hex(),
            "key": link.key,
        }
        yield _line(said | {"event": events.get(link.event)})


def _line(value: dict[str, object]) -> str:
    return chain.canonical(value).decode()
