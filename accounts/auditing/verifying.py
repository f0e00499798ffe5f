"""The check of the chain: links and events read side by side in order of number, and all that does not fit is named."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.auditing import chain
from accounts.auditing.chain import Anchor, Event
from accounts.auditing.pruning import PRUNED
from accounts.models import AuditEvent, AuditLink

AT_ONCE = 2000
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Fault:
    """``code`` is one of docs/audit.md; the text names the event or the link."""

    code: str
    text: str

    def __str__(self) -> str:
        return f"{self.code}: {self.text}"


@dataclass
class Check:
    """What a check has seen so far: links, events that are as they were sealed, those deleted after their time, and events
    that wait to be sealed. ``end`` is the last link's place."""

    end: Anchor
    anchors: dict[int, bytes]
    links: int = 0
    sound: int = 0
    pruned: int = 0
    waiting: int = 0
    known_keys: dict[str, bytes] = field(default_factory=chain.keys)
    prunings: dict[str, datetime] = field(default_factory=dict)


def verify(check: Check) -> Iterator[Fault]:
    """Each fault as it is found; ``check`` counts on. It begins after ``check.end``, which is taken for right."""
    yield from _behind(_events(None, 0))  # the database numbers from 1
    before = {check.end.chain}  # two after a link that was changed: what it says, and what it should say
    last_event = 0
    if check.end.number:
        start = AuditLink.objects.filter(number=check.end.number).first()
        if start is None or bytes(start.chain) != check.end.chain:
            yield Fault("anchor-wrong", f"Link {check.end.number} is not what the anchor says, or is missing.")
            return
        last_event = start.event
    while found := list(AuditLink.objects.filter(number__gt=check.end.number).order_by("number")[:AT_ONCE]):
        highest = max([last_event, *(link.event for link in found)])
        events = _events(last_event, highest)
        if any(link.event not in events and not _had_its_time(check, link) for link in found):
            check.prunings = _prunings()  # one may have begun since
        for link in found:
            yield from _link_faults(check, link, before)
            yield from _event_faults(check, link, events.pop(link.event, None))
        yield from _behind(events)
        last_event = highest
    yield from _missed_anchors(check)
    for pk, verb, until in _said():
        if until is None:
            yield Fault("pruning-wrong", f"Event {pk} lets events {verb} go that were not old enough, or is not sealed.")
    check.waiting = AuditEvent.objects.filter(pk__gt=last_event).count()


def _events(after: int | None, to: int) -> dict[int, Event]:
    """None for all up to there."""
    beyond = {} if after is None else {"pk__gt": after}
    rows = AuditEvent.objects.filter(pk__lte=to, **beyond).order_by("pk").values_list(*chain.COLUMNS)
    return {row[0]: row for row in rows.iterator(chunk_size=AT_ONCE)}


def _link_faults(check: Check, link: AuditLink, before: set[bytes]) -> Iterator[Fault]:
    """``before`` becomes what the next link may stand on."""
    own = bytes(link.chain)
    if link.number > check.end.number + 1:
        missing = f"{check.end.number + 1} to {link.number - 1}"
        yield Fault("link-missing", f"Links {missing} are missing, and whatever events they stood for.")
        before.clear()
    said = (link.number, link.event, link.happened_at, link.verb, bytes(link.digest))
    right = {chain.following(each, *said) for each in before} or {own}
    if own not in right:
        yield Fault("link-changed", f"Link {link.number} (event {link.event}) was changed, or one before it.")
    yield from _seal_faults(check, link, own)
    before.clear()
    before.update({own, *right})
    check.links += 1
    check.end = Anchor(link.number, own)
    if check.anchors.get(link.number, own) != own:
        yield Fault("anchor-wrong", f"Link {link.number} is not what the anchor says.")


def _seal_faults(check: Check, link: AuditLink, own: bytes) -> Iterator[Fault]:
    """What an anchor vouches for needs no key."""
    if any(number >= link.number for number in check.anchors):
        return
    key = check.known_keys.get(link.key)
    if key is None:
        text = f"Link {link.number} is sealed with the key {link.key}, which is made of no known SECRET_KEY."
        yield Fault("key-unknown", f"{text} Put the former one into SECRET_KEY_FALLBACKS, or give an anchor.")
    elif not chain.is_sealed(own, bytes(link.seal), key):
        yield Fault("seal-wrong", f"Link {link.number} (event {link.event}) was not sealed by the portal.")


def _event_faults(check: Check, link: AuditLink, event: Event | None) -> Iterator[Fault]:
    called = f"Event {link.event} ({link.verb}, {chain.moment(link.happened_at)})"
    if event is not None:
        if chain.digest(event) == bytes(link.digest):
            check.sound += 1
        else:
            yield Fault("event-changed", f"{called} was changed after it was sealed.")
    elif _had_its_time(check, link):
        check.pruned += 1
    else:
        yield Fault("event-missing", f"{called} is missing.")


def _behind(events: dict[int, Event]) -> Iterator[Fault]:
    for pk, _happened_at, verb, *_others in events.values():
        yield Fault("event-behind", f"Event {pk} ({verb}) was put in after later ones were sealed.")


def _had_its_time(check: Check, link: AuditLink) -> bool:
    """Whether a pruning explains that the event is not there."""
    return link.verb in check.prunings and link.happened_at < check.prunings[link.verb]


def _prunings() -> dict[str, datetime]:
    """Of each verb the moment up to which its events may have been deleted."""
    latest: dict[str, datetime] = {}
    for _pk, verb, before in _said():
        if before is not None:
            latest[verb] = max(before, latest.get(verb, before))
    return latest


def _said() -> Iterator[tuple[int, str, datetime | None]]:
    """Of each pruning its number, the verb, and the moment up to which that went; None for one that explains nothing."""
    last = AuditLink.objects.order_by("-number").values_list("event", flat=True).first() or 0
    # One of a moment ago waits for its seal; one that is behind never gets any.
    is_of_the_chain = Q(pk__gt=last) | Q(Exists(AuditLink.objects.filter(event=OuterRef("pk"))))
    rows = AuditEvent.objects.filter(verb=PRUNED).annotate(in_chain=is_of_the_chain)
    for pk, happened_at, details, in_chain in rows.values_list("pk", "happened_at", "details", "in_chain").iterator():
        verb, before = str(details.get("events")), _moment(str(details.get("before")))
        # Nothing is ever deleted on its first day, and what is done with the events themselves never.
        may = before is not None and before <= min(happened_at, timezone.now()) - A_DAY and not verb.startswith("audit.")
        yield pk, verb, before if in_chain and may else None


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None


def _missed_anchors(check: Check) -> Iterator[Fault]:
    for number in sorted(check.anchors):
        if number > check.end.number:
            text = f"The anchor says that there was a link {number}, but the last one is {check.end.number}."
            yield Fault("anchor-wrong", f"{text} The newest links are missing, and whatever events they stood for.")
