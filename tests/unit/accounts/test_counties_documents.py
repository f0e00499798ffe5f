"""The discovery document: what is taken of it, and for how long it is believed."""

import json
from typing import Any

import pytest

from accounts.asking import Answer
from accounts.counties import documents
from accounts.counties.asking import Conversation
from accounts.counties.refusals import Refused
from accounts.counties.registry import County

ISSUER = "https://kl.sso.edu.tw"
TRUTH = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/authorize?realm=kl",
    "token_endpoint": f"{ISSUER}/token",
    "jwks_uri": f"{ISSUER}/keys",
    "userinfo_endpoint": f"{ISSUER}/userinfo",
}
KEELUNG = County(
    code="kl", on=True, position=1, name_zh="基隆市", name_en="Keelung City", suffix="kl", issuer=ISSUER, client_id="portal"
)


class Said(Conversation):
    """A provider that says this; ``asked`` is how often."""

    def __init__(self, document: Any) -> None:
        super().__init__(ISSUER)
        self.document = document
        self.asked = 0

    def ask(self, url: str, *, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        self.asked += 1
        return Answer(200, json.dumps(self.document).encode())


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "_kept", {})


@pytest.mark.parametrize(
    ("endpoint", "address", "code"),
    [
        (name, address, code)
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint")
        for address, code in (
            (5, "answer-unreadable"),
            (["a"], "answer-unreadable"),
            ("https://[::1/a", "bad-endpoint"),
            ("javascript:alert(1)", "bad-endpoint"),
            ("http://kl.sso.edu.tw/a", "bad-endpoint"),  # the issuer's own is https
            ("ftp://kl.sso.edu.tw/a", "bad-endpoint"),
            ("https://kl.sso.edu.tw/\r\na", "bad-endpoint"),
            ("//kl.sso.edu.tw/a", "bad-endpoint"),
        )
    ],
)
def test_every_endpoint_is_an_address_as_secure_as_the_issuer(endpoint: str, address: Any, code: str) -> None:
    with pytest.raises(Refused) as refused:
        documents.discovery(KEELUNG, Said(TRUTH | {endpoint: address}))
    assert refused.value.code == code


@pytest.mark.parametrize("wrong", [{}, TRUTH | {"issuer": "https://other.example"}, TRUTH | {"jwks_uri": None}])
def test_a_wrong_document_is_not_kept(wrong: dict[str, Any]) -> None:
    """A county that has set it right is open at once, and not ten minutes later."""
    for _ in range(2):
        with pytest.raises(Refused):
            documents.discovery(KEELUNG, Said(wrong))
    right = Said(TRUTH)
    for _ in range(2):
        assert documents.discovery(KEELUNG, right) == TRUTH
    assert right.asked == 1


def test_a_good_one_is_believed_for_ten_minutes_and_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    said = Said(TRUTH)
    for now, asked in ((1000.0, 1), (1300.0, 1), (1599.0, 1), (1601.0, 2)):
        monkeypatch.setattr("accounts.counties.documents.time.monotonic", lambda now=now: now)
        documents.discovery(KEELUNG, said)
        assert said.asked == asked


def test_there_may_be_no_userinfo() -> None:
    without = {name: address for name, address in TRUTH.items() if name != "userinfo_endpoint"}
    assert documents.discovery(KEELUNG, Said(without)) == without
