"""The chain over the events, as docs/audit.md tells an auditor. Rows in, hashes out; nothing here reads the database.

An event's digest is the SHA-256 of its canonical JSON. A link's chain is the SHA-256 of the chain before it and of what the
link says, so that anybody can check it. Its seal is an HMAC of the chain by a key that the database does not have, so that
nobody who has the database alone can write the chain anew.
"""

import hmac
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from typing import Any

from django.conf import settings

from accounts.models import AuditLink

START = bytes(32)  # what stands before the first link
COLUMNS = ("pk", "happened_at", "verb", "actor_id", "person_id", "mailbox", "address", "details")  # of an event

Event = tuple[int, datetime, str, int | None, int | None, str, str | None, dict[str, Any]]


@dataclass(frozen=True)
class Anchor:
    """A place in the chain and what the chain was there, for keeping where the database's owner cannot reach."""

    number: int
    chain: bytes

    def __str__(self) -> str:
        return f"{self.number}:{self.chain.hex()}"


def read_anchor(text: str) -> Anchor:
    """ValueError for what ``str`` of an anchor does not write."""
    number, _sign, chain = text.partition(":")
    octets = bytes.fromhex(chain)
    if not (number.isascii() and number.isdigit()) or len(octets) != len(START):
        raise ValueError("no anchor")
    return Anchor(int(number), octets)


def facts(event: Event) -> dict[str, Any]:
    """The event as JSON has it; the moment in UTC with microseconds."""
    pk, happened_at, verb, actor, person, mailbox, address, details = event
    return {
        "id": pk,
        "happened_at": moment(happened_at),
        "verb": verb,
        "actor": actor,
        "person": person,
        "mailbox": mailbox,
        "address": address,
        "details": details,
    }


def moment(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def canonical(value: Any) -> bytes:
    """JSON with its keys in order, no spaces, and no character written as an escape that need not be; in UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(event: Event) -> bytes:
    return sha256(canonical(facts(event))).digest()


def following(before: bytes, number: int, event: int, happened_at: datetime, verb: str, of_event: bytes) -> bytes:
    """The chain of a link after a link whose chain is ``before``."""
    said = canonical([number, event, moment(happened_at), verb, of_event.hex()])
    return sha256(before.hex().encode() + b"\n" + said).digest()


def links(events: Iterable[Event], after: Anchor) -> list[AuditLink]:
    """New links for these events, in their order, sealed with the key in force."""
    name, key = _named(settings.SECRET_KEY)
    made = []
    for number, event in enumerate(events, after.number + 1):
        pk, happened_at, verb = event[:3]
        of_event = digest(event)
        chain = following(after.chain, number, pk, happened_at, verb, of_event)
        made.append(
            AuditLink(
                number=number,
                event=pk,
                verb=verb,
                happened_at=happened_at,
                digest=of_event,
                chain=chain,
                seal=_seal(key, chain),
                key=name,
            )
        )
        after = Anchor(number, chain)
    return made


def keys() -> dict[str, bytes]:
    """The sealing keys that this installation has, the former ones of SECRET_KEY_FALLBACKS too, by name."""
    secrets: Sequence[str] = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return dict(map(_named, secrets))


def is_sealed(chain: bytes, seal: bytes, key: bytes) -> bool:
    return hmac.compare_digest(_seal(key, chain), seal)


def _seal(key: bytes, chain: bytes) -> bytes:
    return hmac.digest(key, chain, "sha256")


@cache
def _named(secret: str) -> tuple[str, bytes]:
    """The key made of a secret, and its name, which tells nothing of it."""
    key = hmac.digest(secret.encode(), b"accounts.auditing.seal", "sha256")
    return sha256(key).hexdigest()[:8], key
