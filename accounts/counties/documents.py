"""What a county's provider says of itself: its discovery document and its keys, kept for a while by each web process."""

import time
from typing import Any

from accounts.counties.asking import Conversation, members
from accounts.counties.refusals import Kind, Refused
from accounts.counties.registry import County

KEPT = 600.0  # seconds; a key that the county withdraws is believed no longer than that
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
OPTIONAL = "userinfo_endpoint"

_kept: dict[str, tuple[float, dict[str, Any]]] = {}


def discovery(county: County, conversation: Conversation) -> dict[str, Any]:
    """OpenID Connect Discovery 1.0 section 4. Refused where it is for another issuer or lacks what a sign-in needs.

    What is refused is not kept, so that a county that has set it right is open again at once.
    """
    address = county.issuer.rstrip("/") + "/.well-known/openid-configuration"
    document = _known(address) or _fetched(address, conversation)
    _check(document, county, conversation)
    return _keep(address, document)


def _check(document: dict[str, Any], county: County, conversation: Conversation) -> None:
    """The page at the first of the endpoints is where people type their password: it is to be as secure as the others."""
    if document.get("issuer") != county.issuer:
        raise Refused(Kind.UNTRUSTED, "wrong-issuer")
    endpoints = [document.get(name) for name in (*ENDPOINTS, *([OPTIONAL] if document.get(OPTIONAL) else []))]
    for endpoint in endpoints:
        if not isinstance(endpoint, str):
            raise Refused(Kind.UNREACHABLE, "answer-unreadable")
        conversation.checked(endpoint)


def keys(address: str, conversation: Conversation, *, anew: bool = False) -> dict[str, Any]:
    """The JWK set; ``anew`` for one that is not the kept one, which may lack a new key."""
    return (None if anew else _known(address)) or _keep(address, _fetched(address, conversation))


def _known(address: str) -> dict[str, Any] | None:
    since, document = _kept.get(address, (0.0, {}))
    return document if document and time.monotonic() - since < KEPT else None


def _fetched(address: str, conversation: Conversation) -> dict[str, Any]:
    answer = conversation.ask(address)
    if answer.status != 200:
        raise Refused(Kind.UNREACHABLE, "answer-unreadable")
    return members(answer)


def _keep(address: str, document: dict[str, Any]) -> dict[str, Any]:
    if _known(address) is not document:
        _kept[address] = (time.monotonic(), document)
    return document
