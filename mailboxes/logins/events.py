"""What Dovecot tells of a sign-in, or of a folder of somebody else that was opened, read. Pure.

Its events ``auth_request_finished`` and ``imap_command_finished`` as format=json writes them.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from accounts.addresses import normal
from mailboxes.models import LoginRecord

SIGN_IN, COMMAND = "auth_request_finished", "imap_command_finished"
SHARED = "shared/"  # the prefix of that namespace in deploy/mail/dovecot
LARGEST = 8192  # bytes; Dovecot's own are of 600, and hold a name as long as somebody likes to type
OLDEST, NEWEST = timedelta(minutes=10), timedelta(minutes=2)  # from now; they are sent at once, by a clock of their own
LONGEST_LOCAL_PART, LONGEST_DOMAIN, LONGEST_SESSION = 64, 100, 64  # characters, as the columns


class NotTaken(Exception):
    """A report that is none, or not of now. The text is its code, and holds nothing of the report."""


class Login(NamedTuple):
    """``address`` is in its normal spelling; ``succeeded`` says that the password was right."""

    local_part: str
    domain: str
    happened_at: datetime
    succeeded: bool
    protocol: str
    address: str | None
    session: str


class Use(NamedTuple):
    """Somebody has opened a folder of the owner's; both are mail addresses."""

    owner: str
    delegate: str
    happened_at: datetime


def read(body: bytes, *, now: datetime) -> Login | Use:
    """What the report tells; NotTaken if it is not one such report, or of another time."""
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        raise NotTaken("not-json") from None
    if not isinstance(event, dict) or not isinstance(event.get("fields"), dict):
        raise NotTaken("not-a-login")
    if event.get("event") == COMMAND:
        return _use(event["fields"], _time(event.get("end_time"), now))
    if event.get("event") != SIGN_IN:
        raise NotTaken("not-a-login")
    return _login(event, event["fields"], now)


def _login(event: Mapping[str, Any], fields: Mapping[str, Any], now: datetime) -> Login:
    if fields.get("service") not in LoginRecord.Protocol.values:
        raise NotTaken("unknown-protocol")
    local_part, domain = _user(fields)
    return Login(
        local_part,
        domain,
        _time(event.get("end_time"), now),
        fields.get("success") == "yes",
        fields["service"],
        _address(fields.get("remote_ip")),
        _session(fields.get("session", "")),
    )


def _use(fields: Mapping[str, Any], when: datetime) -> Use:
    """``mailbox`` is ``shared/<owner>/<folder>`` or, for the inbox, ``shared/<owner>``, as the client wrote it."""
    folder = fields.get("mailbox")
    if fields.get("tagged_reply_state") != "OK" or not isinstance(folder, str) or not folder.startswith(SHARED):
        raise NotTaken("not-a-use")
    owner = "@".join(_user({"user": folder.removeprefix(SHARED).partition("/")[0]}))
    return Use(owner, "@".join(_user(fields)), when)


def _user(fields: Mapping[str, Any]) -> tuple[str, str]:
    user = fields.get("user")
    local_part, at, domain = user.lower().rpartition("@") if isinstance(user, str) else ("", "", "")
    sizes = 0 < len(local_part) <= LONGEST_LOCAL_PART and 0 < len(domain) <= LONGEST_DOMAIN
    if not at or not sizes or not (local_part + domain).isprintable():
        raise NotTaken("no-address")
    return local_part, domain


def _time(value: Any, now: datetime) -> datetime:
    """``2026-11-22T11:47:50.097481Z``, as RFC 3339 has it."""
    try:
        when = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise NotTaken("no-time") from None
    if when.tzinfo is None:
        raise NotTaken("no-time")
    if when < now - OLDEST:
        raise NotTaken("too-old")
    if when > now + NEWEST:
        raise NotTaken("not-yet")
    return when


def _address(value: Any) -> str | None:
    address = normal(value) if isinstance(value, str) else None
    return str(address) if address else None


def _session(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_SESSION or not value.isprintable():
        raise NotTaken("no-session")
    return value
