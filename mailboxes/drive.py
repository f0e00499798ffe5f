"""The cloud drive that may belong to a mailbox: how full it is, asked of an address that the service names.

``GET <address>?address=hmwang@mx.campus.example`` with the key as a bearer token (RFC 6750); the answer is JSON, in octets:
``{"used": 1048576, "allowed": 5368709120}``, or 404 for somebody without a drive.
"""

import time
from dataclasses import dataclass
from urllib.parse import SplitResult, urlencode

from django.conf import settings

from accounts import asking
from accounts.asking import NotAnswered

SECONDS = 3.0
LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class Drive:
    """In octets; an allowance of 0 is none."""

    used: int
    allowed: int


def usage(url: str, address: str) -> Drive | None:
    """How full the drive of that address is; None for somebody without one. NotAnswered."""
    parts = checked(url)
    query = "&".join(filter(None, (parts.query, urlencode({"address": address}))))
    headers = {"Authorization": f"Bearer {settings.DRIVE_KEY}"} if settings.DRIVE_KEY else {}
    # An administrator wrote the address, which may well be inside; no redirect leads from it to another.
    answer = asking.ask(parts._replace(query=query), until=time.monotonic() + SECONDS, inside=True, headers=headers)
    if answer.status == 404:
        return None
    if answer.status in (401, 403):
        raise NotAnswered("key-refused")
    found = answer.members()
    octets = found.get("used"), found.get("allowed")
    if answer.status != 200 or not all(type(count) is int and 0 <= count < 2**63 for count in octets):
        raise NotAnswered("answer-unreadable")
    return Drive(*octets)  # type: ignore[arg-type]  # mypy does not follow all()


def checked(url: str) -> SplitResult:
    """An address that may be asked: by HTTPS, or on this machine where the site itself has none. NotAnswered."""
    parts = asking.checked(url, ("https", "http"))
    if parts.scheme == "http" and (settings.HTTPS or parts.hostname not in LOOPBACK):
        raise NotAnswered("bad-endpoint")
    return parts
