"""Where a visitor comes from, as an address and never as text somebody sent."""

import re
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

Address = IPv4Address | IPv6Address

# The word in TRUSTED_PROXIES for a server that listens on a Unix socket: its peer has no address.
UNIX_SOCKET = "unix"

BRACKETED = re.compile(r"\[([^\[\]]*)\](?::[0-9]{1,5})?")
IPV4_WITH_PORT = re.compile(r"([^:]*):[0-9]{1,5}")


def normal(text: str) -> Address | None:
    """One value for every spelling of an address; None for what is none.

    IPv4-mapped IPv6 (RFC 4291 section 2.5.5.2) is IPv4; zone (RFC 4007) and port are dropped.
    """
    text = text.strip()
    if match := BRACKETED.fullmatch(text) or IPV4_WITH_PORT.fullmatch(text):
        text = match[1]
    if ":" in text:
        text = text.partition("%")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address


def visitor_address(request: HttpRequest) -> str:
    """The visitor's address in its normal spelling; empty where there is none to be had.

    It is the socket's peer. Where that peer is one of TRUSTED_PROXIES it is the right-most address of X-Forwarded-For
    that is not: what stands left of it came from the visitor and may be forged. A header that is missing, broken up to
    there, or holds nothing but our own proxies leaves the peer, so that it can never make somebody else of the visitor.

    A server that listens on a Unix socket has no peer address. Only what the socket's file lets in can be the peer then,
    so it is believed if TRUSTED_PROXIES says ``unix``, and the visitor is unknown otherwise.
    """
    text = request.META.get("REMOTE_ADDR", "")
    peer = normal(text)
    if _trusted(peer) if text else UNIX_SOCKET in settings.TRUSTED_PROXIES:
        peer = _forwarded(request.META.get("HTTP_X_FORWARDED_FOR", "")) or peer
    return str(peer) if peer else ""


def subscriber(address: str) -> str:
    """Whom to count as one visitor: of an IPv6 address the network of 64 bits, all of which a single machine can use."""
    found = normal(address)
    return str(ip_network((found, 64), strict=False)) if isinstance(found, IPv6Address) else address


def not_a_proxy(words: Iterable[str]) -> list[str]:
    """Those of the setting's words that name neither an address, nor a network, nor the Unix socket."""
    return [word for word in words if word != UNIX_SOCKET and _network(word) is None]


def _forwarded(header: str) -> Address | None:
    for text in reversed(header.split(",")):
        address = normal(text)
        if address is None or not _trusted(address):
            return address
    return None


def _trusted(address: Address | None) -> bool:
    return address is not None and any(address in network for network in _networks(tuple(settings.TRUSTED_PROXIES)))


@lru_cache(maxsize=8)
def _networks(words: tuple[str, ...]) -> list[IPv4Network | IPv6Network]:
    return [network for word in words if (network := _network(word))]


def _network(word: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(word, strict=False)
    except ValueError:
        return None
