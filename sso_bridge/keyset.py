"""The installation's key set: a JWK Set (RFC 7517) with two private members a key, read strictly. Bytes in, keys out."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicNumbers
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from jwt.algorithms import Algorithm, ECAlgorithm, HMACAlgorithm, OKPAlgorithm

from sso_bridge.jose import json_object, unbase64url

ALGORITHMS: Mapping[str, Algorithm] = {
    "EdDSA": OKPAlgorithm(),
    "ES256": ECAlgorithm(ECAlgorithm.SHA256, SECP256R1),
    "HS256": HMACAlgorithm(HMACAlgorithm.SHA256),
}
# RFC 7518 section 6 and RFC 8037 section 2: what a key of each algorithm says it is.
KINDS = {"EdDSA": ("OKP", "Ed25519"), "ES256": ("EC", "P-256"), "HS256": ("oct", None)}
SHORTEST_SECRET = 32  # bytes; RFC 7518 section 3.2: no shorter than the hash
COORDINATE = 32  # bytes
LONGEST_ISSUER = 200  # characters; what the ledger holds

SHAPE = 'It must be one JSON object, {"keys": […]}, of keys as "manage.py handoff new-key" prints them.'


@dataclass(frozen=True, kw_only=True)
class Key:
    """A key that tokens may be signed with; ``material`` is what its algorithm verifies with. Times: seconds since 1970."""

    kid: str
    alg: str
    issuer: str
    material: Any
    not_before: int | None = None
    expires: int | None = None

    def in_force(self, now: int) -> bool:
        begun = self.not_before is None or self.not_before <= now
        return begun and (self.expires is None or now < self.expires)


@dataclass(frozen=True)
class Problem:
    """What is wrong with the file, in a sentence that names the key, and its cure. ``number`` is the system check's."""

    number: int
    text: str
    cure: str


class BadKeySet(Exception):
    """The file cannot be used; ``problems`` holds every reason found."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(" ".join(problem.text for problem in problems))
        self.problems = problems


def read(octets: bytes, *, private_keys: bool) -> dict[str, Key]:
    """The keys by ``kid``; BadKeySet with all that is wrong. ``private_keys``: whether private halves may stand in it."""
    try:
        jwks = json_object(octets).get("keys")
    except ValueError as error:
        raise BadKeySet(Problem(2, f"The key file is not a JWK Set: {error}.", SHAPE)) from error
    if not isinstance(jwks, list) or not all(isinstance(jwk, dict) for jwk in jwks):
        raise BadKeySet(Problem(2, "The key file is not a JWK Set: it has no list of keys.", SHAPE))
    problems = [problem for place, jwk in enumerate(jwks, 1) for problem in _problems(jwk, place, private_keys)]
    problems += _same_kid_problems(jwks)
    if problems:
        raise BadKeySet(*problems)
    return {jwk["kid"]: _key(jwk) for jwk in jwks}


def _same_kid_problems(jwks: list[dict[str, Any]]) -> list[Problem]:
    times = Counter(jwk["kid"] for jwk in jwks if isinstance(jwk.get("kid"), str))
    cure = "Give each key a kid of its own."
    return [Problem(3, f"Two keys have the kid {kid!r}.", cure) for kid, number in times.items() if number > 1]


def _problems(jwk: dict[str, Any], place: int, private_keys: bool) -> Iterator[Problem]:
    """All that is wrong with one key by itself; ``place`` counts from 1, to name a key that has no kid."""
    called = f"Key {jwk['kid']!r}" if jwk.get("kid") else f"Key number {place}"
    alg = jwk.get("alg")
    if not isinstance(alg, str) or alg not in KINDS:
        yield Problem(6, f"{called} has the alg {alg!r}.", f"The portal knows {', '.join(KINDS)}.")
    elif (jwk.get("kty"), jwk.get("crv")) != KINDS[alg]:
        yield Problem(6, f"{called} has an alg, {alg}, that does not fit its kty and crv.", "Take the key as it was made.")
    else:
        yield from _material_problems(jwk, alg, called)
    if "d" in jwk and not private_keys:
        cure = 'Put only its public half here (without "d"); and make a new one, for this one has been seen.'
        yield Problem(5, f"{called} is a private key.", cure)
    for member, fits, cure in MEMBERS:
        if not fits(jwk.get(member)):
            yield Problem(7, f"{called} has no usable {member}.", cure)


def _material_problems(jwk: dict[str, Any], alg: str, called: str) -> Iterator[Problem]:
    try:
        material = _material(jwk, alg)
    except ValueError:
        yield Problem(7, f"{called} has no usable {alg} key in it.", "Copy it again, whole.")
    else:
        if alg == "HS256" and len(material) < SHORTEST_SECRET:
            cure = f'Make one of {SHORTEST_SECRET} random bytes or more: "manage.py handoff new-key --alg HS256".'
            yield Problem(4, f"{called} has a secret of {len(material)} bytes.", cure)


def _material(jwk: dict[str, Any], alg: str) -> Any:
    """The public half, or the secret; ValueError where there is none, or the point is not on the curve."""
    match alg:
        case "EdDSA":
            return Ed25519PublicKey.from_public_bytes(_octets(jwk, "x"))
        case "ES256":
            x, y = (_octets(jwk, name) for name in "xy")
            if len(x) != COORDINATE or len(y) != COORDINATE:  # RFC 7518 section 6.2.1.2
                raise ValueError("not coordinates of P-256")
            return EllipticCurvePublicNumbers(int.from_bytes(x), int.from_bytes(y), SECP256R1()).public_key()
        case _:
            return _octets(jwk, "k")


def _octets(jwk: dict[str, Any], member: str) -> bytes:
    value = jwk.get(member)
    if not isinstance(value, str):
        raise ValueError(f"no {member}")
    return unbase64url(value.encode())


def _key(jwk: dict[str, Any]) -> Key:
    return Key(
        kid=jwk["kid"],
        alg=jwk["alg"],
        issuer=jwk["portal_iss"],
        material=_material(jwk, jwk["alg"]),
        not_before=jwk.get("portal_nbf"),
        expires=jwk.get("portal_exp"),
    )


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_ISSUER and value.isprintable()


def _is_time(value: object) -> bool:
    return value is None or type(value) is int


MEMBERS: tuple[tuple[str, Callable[[object], bool], str], ...] = (
    ("kid", _is_name, "Give it a kid: a short name that the campus puts into each token's header."),
    ("portal_iss", _is_name, f"Give it the issuer that it belongs to, of up to {LONGEST_ISSUER} characters, as portal_iss."),
    ("portal_nbf", _is_time, "Write it in whole seconds since 1970, or leave it out."),
    ("portal_exp", _is_time, "Write it in whole seconds since 1970, or leave it out."),
)
