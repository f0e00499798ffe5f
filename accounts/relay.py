"""The SMTP server that takes our letters, written as a URL."""

import ipaddress
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

# The scheme says how TLS is done, and the port where none is given.
SCHEMES = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
FORM = (
    "Write it as smtps://user:password@host:465, smtp+starttls://user:password@host:587, or smtp://127.0.0.1:25 for a "
    "server on this machine, with %40 and the like for special characters in the password."
)


@dataclass(frozen=True)
class Relay:
    """``scheme`` is one of ``SCHEMES``; ``user`` is empty where nobody has to sign in."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"


def relay(url: str) -> Relay | None:
    """What SMTP_URL says; None where it is empty. ImproperlyConfigured, which never quotes it, for anything else."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ImproperlyConfigured(f"SMTP_URL is no address, or its port is not between 1 and 65535. {FORM}") from None
    if parts.scheme not in SCHEMES or not parts.hostname or url.rstrip("/") != f"{parts.scheme}://{parts.netloc}":
        raise ImproperlyConfigured(f"SMTP_URL is not the address of an SMTP server. {FORM}")
    if bool(parts.username) != bool(parts.password):
        raise ImproperlyConfigured(f"SMTP_URL has a user or a password without the other. {FORM}")
    if parts.password and parts.scheme == "smtp" and not _is_here(parts.hostname):
        raise ImproperlyConfigured(f"SMTP_URL would send its password without TLS to another machine. {FORM}")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Relay(parts.scheme, parts.hostname, port or SCHEMES[parts.scheme], user, password)


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
