"""oidc-provider, certified by the OpenID Foundation and not ours, run by Node; and a browser at its pages."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from accounts.counties.registry import CLAIMS, County
from tests import servers

HERE = Path(__file__).parent
SECRET = "a secret with spaces, a : and a % for form-encoding"
CALLBACK = "http://testserver/counties/{code}/callback/"
PEOPLE: dict[str, dict[str, Any]] = {
    "aa1234": {
        "claims": {"name": "陳老師", "preferred_username": "aa1234", "email": "aa1234@kl.edu.tw"},
        "eduinfo": {"guid": "6f1c-0001", "schoolid": "173601", "titles": ["教師", "導師"]},
    },
    "bb5678": {
        "claims": {"name": "林同學"},
        "eduinfo": {"guid": "6f1c-0002", "titles": [{"schoolid": "583301", "titles": ["學生"]}]},
    },
    "nameless": {"claims": {"email": "nobody@kl.edu.tw"}, "eduinfo": {"guid": "6f1c-0003", "titles": []}},
    "unlisted": {"claims": {"name": "無資料"}},
}


def county(port: int, code: str = "kl", **other: Any) -> County:
    """As the file would have it, with the client that signs in by client_secret_basic."""
    facts: dict[str, Any] = {
        "on": True,
        "position": 1,
        "name_zh": "基隆市",
        "name_en": "Keelung City",
        "suffix": code,
        "issuer": f"http://127.0.0.1:{port}",
        "client_id": "by basic:1",
        "secret": SECRET,
        "scopes": ("openid", "email", "profile", "openid2", "eduinfo", "educloudroles"),
        "resource": "/cncresource/api/v1/eduinfo",
        "claims": CLAIMS,
    }
    return County(code=code, **(facts | other))


@contextmanager
def running(port: int, code: str = "kl") -> Iterator[None]:
    """The provider, with new keys each time."""
    settings = json.dumps({"port": port, "callback": CALLBACK.format(code=code), "people": PEOPLE})
    process = subprocess.Popen(["node", str(HERE / "county-provider.mjs"), settings], stderr=subprocess.DEVNULL)
    try:
        servers.wait_for(port)
        yield
    finally:
        process.kill()
        process.wait(timeout=servers.START_SECONDS)


@dataclass
class Visitor:
    """Somebody's browser at the provider: keeps its cookies, and does what its pages ask for."""

    account: str = ""
    error: str = ""

    def __post_init__(self) -> None:
        self.cookies: dict[str, str] = {}

    def follow(self, address: str) -> str:
        """The address at the portal that the provider sends the browser back to."""
        while urlsplit(address).hostname == "127.0.0.1":
            if "/interaction/" in address:
                address += "?" + urlencode({"error": self.error} if self.error else {"account": self.account})
            address = self._get(address)
        return address

    def _get(self, address: str) -> str:
        parts = urlsplit(address)
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=10)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection.request("GET", f"{parts.path}?{parts.query}", headers={"Cookie": cookies})
        response = connection.getresponse()
        for header in response.headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(header).items():
                self.cookies[name] = morsel.value
        body = response.read().decode()
        connection.close()
        place = response.headers.get("Location")
        assert place, (response.status, body[:500])
        return place if "//" in place else f"http://{parts.netloc}{place}"
