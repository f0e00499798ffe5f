"""An OpenID provider that can be told to lie, each lie under an issuer of its own: ``http://127.0.0.1:port/lie-name``.

It has no sign-in page. The code that it takes is the nonce that it puts into the token, so a test sends back what it got.
"""

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from tests.services.county_provider import PEOPLE

CLIENT = "by basic:1"
KEY, OTHER_KEY = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
PUBLIC = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(KEY.public_key()))


@dataclass(frozen=True)
class Lie:
    """What is changed of the truth: members of the documents, claims of the token, and the way that an answer is sent."""

    claims: Callable[[dict[str, Any]], dict[str, Any]] = dict
    key: Any = KEY
    algorithm: str = "ES256"
    discovery: Callable[[dict[str, Any]], Any] = dict
    jwks: Any = None
    token: Callable[[dict[str, Any]], Any] = dict
    userinfo: Any = None
    eduinfo: Any = None
    statuses: tuple[tuple[str, int], ...] = ()
    drips: str = ""  # the document that comes a byte at a time, without end


def _with(**changes: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """The document with other members; without those that are None."""
    return lambda document: {name: value for name, value in {**document, **changes}.items() if value is not None}


# The lie, and the code on the page of whoever meets it.
LIES: dict[str, tuple[Lie, str]] = {
    "issuer-in-discovery": (Lie(discovery=_with(issuer="https://tp.sso.edu.tw")), "wrong-issuer"),
    "no-token-endpoint": (Lie(discovery=_with(token_endpoint=None)), "answer-unreadable"),
    "endpoint-is-a-file": (Lie(discovery=_with(token_endpoint="file:///etc/passwd")), "bad-endpoint"),
    "endpoint-is-a-number": (Lie(discovery=_with(userinfo_endpoint=5)), "answer-unreadable"),
    "endpoint-is-a-list": (Lie(discovery=_with(userinfo_endpoint=["a"])), "answer-unreadable"),
    "sign-in-is-a-broken-address": (Lie(discovery=_with(authorization_endpoint="https://[::1/a")), "bad-endpoint"),
    "sign-in-is-a-script": (Lie(discovery=_with(authorization_endpoint="javascript:alert(1)")), "bad-endpoint"),
    "sign-in-is-ftp": (Lie(discovery=_with(authorization_endpoint="ftp://kl.sso.edu.tw/a")), "bad-endpoint"),
    "discovery-redirects": (Lie(statuses=(("openid-configuration", 302),)), "redirected"),
    "discovery-is-1-mb": (Lie(discovery=_with(more="x" * 1024 * 1024)), "answer-too-large"),
    "discovery-is-no-object": (Lie(discovery=lambda _: ["issuer"]), "answer-unreadable"),
    "discovery-is-slow": (Lie(drips="openid-configuration"), "timed-out"),
    "discovery-fails": (Lie(statuses=(("openid-configuration", 503),)), "server-failed"),
    "discovery-missing": (Lie(statuses=(("openid-configuration", 404),)), "answer-unreadable"),
    "keys-redirect": (Lie(statuses=(("jwks", 307),)), "redirected"),
    "keys-are-none": (Lie(jwks={"keys": "none"}), "unknown-key"),
    "keys-of-another": (Lie(jwks={"keys": [PUBLIC | {"kid": "other"}]}), "unknown-key"),
    "token-redirects": (Lie(statuses=(("token", 307),)), "redirected"),
    "token-is-slow": (Lie(drips="token"), "timed-out"),
    "token-refused": (Lie(statuses=(("token", 401),), token=lambda _: {"error": "invalid_client"}), "token-refused"),
    "token-code-spent": (Lie(statuses=(("token", 400),), token=lambda _: {"error": "invalid_grant"}), "invalid-grant"),
    "token-missing": (Lie(token=_with(id_token=None)), "no-token"),
    "token-is-no-token": (Lie(token=_with(id_token="not.a.token")), "bad-token"),
    "access-token-has-lines": (Lie(token=_with(access_token="a\nb")), "bad-token"),
    "access-token-is-foreign": (Lie(token=_with(access_token="é")), "bad-token"),
    "token-signature-left-out": (Lie(token=lambda answer: answer | {"id_token": answer["id_token"][:-86]}), "bad-signature"),
    "token-is-1-mb": (Lie(claims=_with(more="x" * 1024 * 1024)), "answer-too-large"),
    "token-is-large": (Lie(token=_with(id_token="x" * 900_000)), "bad-token"),
    "token-unsigned": (Lie(key="", algorithm="none"), "not-signed"),
    "token-by-mac": (Lie(key="a secret with spaces, a : and a % for form-encoding", algorithm="HS256"), "bad-algorithm"),
    "token-by-another-key": (Lie(key=OTHER_KEY), "bad-signature"),
    "token-wrong-issuer": (Lie(claims=_with(iss="https://tp.sso.edu.tw")), "wrong-issuer"),
    "token-wrong-audience": (Lie(claims=_with(aud="somebody-else")), "wrong-audience"),
    "token-for-several": (Lie(claims=_with(aud=[CLIENT, "other"])), "wrong-audience"),
    "token-for-another-party": (Lie(claims=_with(azp="other")), "wrong-audience"),
    "token-wrong-nonce": (Lie(claims=_with(nonce="0" * 64)), "wrong-nonce"),
    "token-half-a-nonce": (Lie(claims=_with(nonce="\ud800")), "wrong-nonce"),
    "token-without-nonce": (Lie(claims=_with(nonce=None)), "wrong-nonce"),
    "token-expired": (
        Lie(claims=lambda claims: claims | {"iat": claims["iat"] - 900, "exp": claims["iat"] - 300}),
        "token-expired",
    ),
    "token-of-tomorrow": (Lie(claims=lambda claims: claims | {"iat": claims["iat"] + 86400}), "token-early"),
    "token-without-end": (Lie(claims=_with(exp=None)), "bad-token"),
    "token-about-nobody": (Lie(claims=_with(sub=None)), "bad-token"),
    "token-about-an-empty-subject": (Lie(claims=_with(sub="")), "bad-subject"),
    "token-about-a-long-subject": (Lie(claims=_with(sub="x" * 192)), "bad-subject"),
    "userinfo-about-another": (Lie(userinfo={"sub": "bb5678", "name": "林同學"}), "wrong-subject"),
    "userinfo-about-nobody": (Lie(userinfo={"name": "林同學"}), "wrong-subject"),
    "userinfo-refused": (Lie(statuses=(("userinfo", 401),)), "data-refused"),
    "eduinfo-refused": (Lie(statuses=(("eduinfo", 403),)), "data-refused"),
    "eduinfo-is-a-list": (Lie(eduinfo=[]), "answer-unreadable"),
    "eduinfo-fails": (Lie(statuses=(("eduinfo", 500),)), "server-failed"),
    "eduinfo-is-slow": (Lie(drips="eduinfo"), "timed-out"),
    "name-is-no-text": (Lie(userinfo={"sub": "aa1234", "name": {"zh": "陳老師"}}), "no-name"),
    "name-is-a-book": (Lie(userinfo={"sub": "aa1234", "name": "陳" * 101}), "no-name"),
    "name-is-not-to-be-seen": (Lie(userinfo={"sub": "aa1234", "name": "\u115f\u3164"}), "no-name"),
    "name-has-lines": (Lie(userinfo={"sub": "aa1234", "name": "陳\n老師"}), "no-name"),
}
HONEST = "honest"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        _, name, *rest = self.path.split("?")[0].split("/")
        self._answer(rest[-1], LIES[name][0] if name in LIES else Lie(), name)

    do_POST = do_GET

    def _answer(self, document: str, lie: Lie, name: str) -> None:
        body = json.dumps(self._document(document, lie, name)).encode()
        if lie.drips == document:
            self._drip()
            return
        status = dict(lie.statuses).get(document, 200)
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", f"http://{self.headers['Host']}/{HONEST}/{document}")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _drip(self) -> None:
        """A byte now and then, so that no time limit on a single read is ever over."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        try:
            while True:
                self.wfile.write(b" ")
                time.sleep(0.05)
        except OSError:
            self.close_connection = True

    def _document(self, document: str, lie: Lie, name: str) -> Any:
        scheme = "https" if isinstance(self.connection, ssl.SSLSocket) else "http"
        issuer = f"{scheme}://{self.headers['Host']}/{name}"
        if document == "openid-configuration":
            truth = {"issuer": issuer, "authorization_endpoint": f"{issuer}/authorize", "token_endpoint": f"{issuer}/token"}
            return lie.discovery(truth | {"jwks_uri": f"{issuer}/jwks", "userinfo_endpoint": f"{issuer}/userinfo"})
        if document == "jwks":
            return lie.jwks or {"keys": [PUBLIC | {"kid": "1"}]}
        if document == "token":
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            return lie.token(
                {"access_token": "good", "token_type": "Bearer", "id_token": self._token(issuer, lie, form["code"][0])}
            )
        told = {"userinfo": lie.userinfo, "eduinfo": lie.eduinfo}[document]
        truth = {"userinfo": {"sub": "aa1234", **PEOPLE["aa1234"]["claims"]}, "eduinfo": PEOPLE["aa1234"]["eduinfo"]}
        return truth[document] if told is None else told

    def _token(self, issuer: str, lie: Lie, nonce: str) -> str:
        now = int(time.time())
        claims = {"iss": issuer, "sub": "aa1234", "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce}
        return jwt.encode(lie.claims(claims), lie.key, lie.algorithm, headers={"kid": "1"})

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def running(tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """The port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
