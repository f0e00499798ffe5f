"""The ID token, checked as OpenID Connect Core 1.0 section 3.1.3.7 asks: token and keys in, claims or a refusal out."""

import hmac
from typing import Any

import jwt

from accounts.counties.refusals import Kind, Refused

# What a provider may sign with: asymmetric only, so that no client secret and no public key can be taken for a MAC's key.
ALGORITHMS = {
    "RS256": "RSA", "RS384": "RSA", "RS512": "RSA", "PS256": "RSA", "PS384": "RSA", "PS512": "RSA",
    "ES256": "EC", "ES384": "EC", "ES512": "EC", "EdDSA": "OKP",
}  # fmt: skip
SKEW = 60  # seconds by which the county's clock may differ
LONGEST_SUBJECT = 191  # as allauth keeps it of linked accounts; OpenID Connect Core 1.0 section 2 would allow 255
CODES: dict[type[Exception], str] = {
    jwt.ExpiredSignatureError: "token-expired",
    jwt.InvalidIssuerError: "wrong-issuer",
    jwt.InvalidAudienceError: "wrong-audience",
    jwt.InvalidSignatureError: "bad-signature",
    jwt.ImmatureSignatureError: "token-early",
}


class UnknownKey(Refused):
    """No good key of the set fits the token: perhaps the provider has a new one since the set was fetched."""

    def __init__(self, code: str = "unknown-key") -> None:
        super().__init__(Kind.UNTRUSTED, code)


def verify(token: Any, *, keys: dict[str, Any], issuer: str, client_id: str, nonce: str) -> dict[str, Any]:
    """The claims of a good token. Refused for any other; UnknownKey where other keys might help.

    ``keys`` is a JWK set (RFC 7517). What the token's header says of its algorithm only chooses among ``ALGORITHMS``.
    """
    header = _header(token)
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise Refused(Kind.UNTRUSTED, "not-signed" if str(algorithm).lower() == "none" else "bad-algorithm")
    claims = _decoded(token, _key(keys, header, algorithm), algorithm, issuer, client_id)
    _check_party(claims, client_id)
    answered = claims.get("nonce")  # in ASCII, or else it is not ours: half a surrogate pair cannot even be encoded
    if not isinstance(answered, str) or not answered.isascii() or not hmac.compare_digest(answered, nonce):
        raise Refused(Kind.UNTRUSTED, "wrong-nonce")
    subject = claims["sub"]
    if not (subject and len(subject) <= LONGEST_SUBJECT and subject.isascii() and subject.isprintable()):
        raise Refused(Kind.UNTRUSTED, "bad-subject")
    return claims


def _header(token: Any) -> dict[str, Any]:
    if not isinstance(token, str) or not token:
        raise Refused(Kind.UNTRUSTED, "no-token")
    try:
        header: dict[str, Any] = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise Refused(Kind.UNTRUSTED, "bad-token") from None
    return header


def _decoded(token: str, key: Any, algorithm: str, issuer: str, client_id: str) -> dict[str, Any]:
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            issuer=issuer,
            audience=client_id,
            leeway=SKEW,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise Refused(Kind.UNTRUSTED, CODES.get(type(error), "bad-token")) from None
    return claims


def _check_party(claims: dict[str, Any], client_id: str) -> None:
    """A token for several parties has to name us as the one that it was made for."""
    audience = claims["aud"]
    several = isinstance(audience, list) and len(audience) > 1
    if claims.get("azp", None if several else client_id) != client_id:
        raise Refused(Kind.UNTRUSTED, "wrong-audience")


def _key(keys: dict[str, Any], header: dict[str, Any], algorithm: str) -> Any:
    """The one key of the set that the token was signed with: by its identifier, or the only one that could be."""
    listed = keys.get("keys")
    fitting = [key for key in listed if _fits(key, header, algorithm)] if isinstance(listed, list) else []
    if len(fitting) != 1:
        raise UnknownKey
    try:
        return jwt.PyJWK(fitting[0], algorithm=algorithm).key
    except (jwt.PyJWTError, ValueError, TypeError):
        raise UnknownKey("bad-key") from None


def _fits(key: Any, header: dict[str, Any], algorithm: str) -> bool:
    return (
        isinstance(key, dict)
        and key.get("kty") == ALGORITHMS[algorithm]
        and key.get("use", "sig") == "sig"
        and key.get("alg", algorithm) == algorithm
        and ("kid" not in header or key.get("kid") == header["kid"])
    )
