"""Links that fail on purpose, one for each reason that a person can meet; the codes are those of docs/handoff.md."""

import http.client
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

from demo import settings
from demo.people import Person
from demo.tokens import claims, issue, sign

ELSEWHERE = "192.0.2.77"  # RFC 5737: an address for documents, nobody's
LOOPBACK = ("127.0.0.1", "::1")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class PortalSilent(Exception):
    """The portal did not take a good link, so nothing can be shown of using one twice."""


@dataclass(frozen=True)
class Failure:
    """``make`` takes the person, the visitor's address and the time in seconds since 1970, and gives the token."""

    code: str
    title: str
    title_en: str
    expect: str
    expect_en: str
    make: Callable[[Person, str, int], str]


def expired(person: Person, address: str, now: int) -> str:
    return issue(person, [address], now - 600)


def from_elsewhere(person: Person, address: str, now: int) -> str:
    return issue(person, [ELSEWHERE], now)


def damaged(person: Person, address: str, now: int) -> str:
    """One letter of the signature is another; not the last, some of whose bits mean nothing in base64url."""
    body, _, signature = issue(person, [address], now).rpartition(".")
    return f"{body}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"


def spent(person: Person, address: str, now: int) -> str:
    """Signs in once from here, with nobody watching. The campus and the portal of a trial share one machine, so the
    token may name that machine's loopback beside the visitor. Raises PortalSilent."""
    token = issue(person, [address, *LOOPBACK], now)
    portal = urlsplit(settings.PORTAL_URL)
    connection = http.client.HTTPConnection(portal.netloc, timeout=5)
    try:
        connection.request("POST", "/sso/handoff/", urlencode({"token": token}), FORM)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise PortalSilent(f"{portal.netloc}: {error}") from error
    finally:
        connection.close()
    if status != http.HTTPStatus.SEE_OTHER:
        raise PortalSilent(f"{portal.netloc}: HTTP {status}")
    return token


def for_another_site(person: Person, address: str, now: int) -> str:
    return sign(claims(person, [address], now) | {"aud": "https://library.demo.example"})


def by_unknown_key(person: Person, address: str, now: int) -> str:
    jwk = OKPAlgorithm.to_jwk(Ed25519PrivateKey.generate(), as_dict=True)
    return sign(claims(person, [address], now), jwt.PyJWK(jwk | {"kid": "nobody-knows-me", "alg": "EdDSA"}))


FAILURES = [
    Failure(
        "expired",
        "過期的連結",
        "An expired link",
        "十分鐘前做好的連結。入口應說明連結已失效，並告訴您怎樣取得新的連結。",
        "Made ten minutes ago. The portal should say that it has expired, and how to get a new one.",
        expired,
    ),
    Failure(
        "ip-mismatch",
        "來自另一個位址",
        "Another address",
        f"連結上寫的來源 IP 是 {ELSEWHERE}，不是您的。入口應顯示它看到的位址，並請您換一個網路使用點。",
        f"The link names {ELSEWHERE}, not your address. The portal should show what it sees, and suggest another network.",
        from_elsewhere,
    ),
    Failure(
        "bad-signature",
        "損壞的連結",
        "A damaged link",
        "簽章中有一個字母被改掉。入口應說明無法確認連結，並請您重新點選。",
        "One letter of the signature is changed. The portal should say that it cannot trust it, and ask for a new one.",
        damaged,
    ),
    Failure(
        "replayed",
        "用過的連結",
        "A link used twice",
        "本系統先替您用掉一次，再把同一個連結交給您。入口應說明每個連結只能用一次；您若已在那裡登入，就不必再做什麼。",
        "We use it once ourselves, then hand you the same link. The portal should say that a link is good for one sign-in, "
        "and, if you are signed in there already, that there is nothing else to do.",
        spent,
    ),
    Failure(
        "wrong-audience",
        "給別的網站的連結",
        "A link for another site",
        "這個連結是發給圖書館系統的，不是發給入口的。入口應拒絕，不讓您登入。",
        "It was issued for the library, not for the portal. The portal should refuse it.",
        for_another_site,
    ),
    Failure(
        "unknown-key",
        "不認識的金鑰",
        "An unknown key",
        "用一把入口不認識的金鑰簽的。入口應拒絕，並請您聯絡服務台。",
        "Signed with a key that the portal does not know. The portal should refuse it and name the helpdesk.",
        by_unknown_key,
    ),
]
