"""Where a server listens, written as a URL."""

from dataclasses import dataclass
from urllib.parse import urlsplit

# The scheme says the port where none is given, and whether the connection is TLS from its first byte.
SCHEMES = {
    "http": (80, False),
    "https": (443, True),
    "lmtp": (24, False),
    "imap": (143, False),
    "imaps": (993, True),
}


@dataclass(frozen=True)
class Place:
    host: str
    port: int
    tls: bool


def place(url: str, *schemes: str) -> Place:
    """``imaps://imap.campus.example`` or ``lmtp://127.0.0.1:24``; ValueError if it is no such URL or has more to it."""
    parts = urlsplit(url)
    if parts.scheme not in schemes or not parts.hostname or url.rstrip("/") != f"{parts.scheme}://{parts.netloc}":
        raise ValueError(url)
    port, tls = SCHEMES[parts.scheme]
    return Place(parts.hostname, parts.port or port, tls)
