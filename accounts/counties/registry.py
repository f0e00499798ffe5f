"""The file of the counties: what the portal has to know of each one's OpenID provider, and nothing of it in code."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import get_language

CODE = re.compile(r"[a-z]{2,8}")
SUFFIX = re.compile(r"[a-z0-9]{1,10}")
VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")
BASIC, POST = TOKEN_METHODS = ("client_secret_basic", "client_secret_post")  # OpenID Connect Core 1.0 section 9
# Where each fact stands in what the provider says: names of JSON members, with dots for a member inside a member.
CLAIMS = {"name": "name", "account": "preferred_username", "guid": "guid", "school": "schoolid", "titles": "titles"}
LONGEST = 200  # characters of any text in the file


class BadCounties(ImproperlyConfigured):
    """The file cannot be meant; the text names the county and says the cure, and holds no secret."""


@dataclass(frozen=True, kw_only=True)
class County:
    """One entry of the file. ``resource`` is a path on the issuer's host, or empty; ``claims`` has all of ``CLAIMS``."""

    code: str
    on: bool
    position: int
    name_zh: str
    name_en: str
    suffix: str
    issuer: str
    client_id: str = ""
    secret_variable: str = ""
    secret: str = field(default="", repr=False)
    scopes: tuple[str, ...] = ("openid",)
    resource: str = ""
    token_method: str = BASIC
    pkce: bool = True
    claims: dict[str, str] = field(default_factory=dict, hash=False)

    @property
    def name(self) -> str:
        return self.name_en if get_language() == "en" else self.name_zh

    @property
    def posts_secret(self) -> bool:
        return self.token_method == POST

    @property
    def source(self) -> str:
        """What ``Person.source`` is of its people."""
        return f"county:{self.code}"


def read(path: Path | None, *, https: bool, secret: Callable[[str], str]) -> tuple[County, ...]:
    """The counties of the file by position; none where there is no file. BadCounties for what cannot be meant.

    ``secret`` gives the value of an environment variable by its name; it is asked for the counties that are on.
    """
    if path is None:
        return ()
    found = [_county(code, entry, https, secret) for code, entry in _entries(path).items()]
    for what in ("position", "suffix", "issuer"):
        seen: dict[Any, str] = {}
        for county in found:
            other = seen.setdefault(getattr(county, what), county.code)
            _must(other == county.code, county.code, f"has the same {what} as {other!r}. Give each county its own.")
    return tuple(sorted(found, key=lambda county: county.position))


def switched_on() -> list[County]:
    """In the official order, from north to south."""
    return [county for county in settings.COUNTIES if county.on]


def by_code(code: str) -> County | None:
    """A county that is on."""
    return next((county for county in switched_on() if county.code == code), None)


def of_source(source: str) -> County | None:
    """The county that vouches for a person, on or off; None for people of the campus and local ones."""
    return next((county for county in settings.COUNTIES if county.source == source), None)


def _entries(path: Path) -> dict[str, Any]:
    try:
        entries = json.loads(path.read_bytes(), object_pairs_hook=_once)["counties"]
    except OSError as error:
        raise BadCounties(f"COUNTIES_FILE cannot be read: {error.strerror}. Let the portal's user read it.") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        cure = "Write it as docs/counties.json is written."
        raise BadCounties(f'COUNTIES_FILE is not JSON, or no object with "counties" in it. {cure}') from None
    if not isinstance(entries, dict):
        raise BadCounties('COUNTIES_FILE is not right: "counties" has to be an object, with a county by its code.')
    return entries


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A name that stands twice is a slip that a JSON parser would pass over in silence."""
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = sorted({name for name, _value in pairs if [other for other, _ in pairs].count(name) > 1})
        raise BadCounties(f"COUNTIES_FILE holds {', '.join(twice)} twice. Keep one of them.")
    return found


def _county(code: str, entry: Any, https: bool, secret: Callable[[str], str]) -> County:
    _must(bool(CODE.fullmatch(code)), code, "is not two to eight small letters. Use the code of the county, such as kl.")
    _must(isinstance(entry, dict), code, "has to be an object. See docs/counties.json.")
    known = {one.name for one in fields(County)} - {"code", "secret"}
    needed = {"on", "position", "name_zh", "name_en", "suffix", "issuer"}
    if "secret" in entry:
        _must(False, code, 'holds a secret. Name an environment variable in "secret_variable" instead.')
    _must(entry.keys() <= known, code, f"holds {sorted(entry.keys() - known)}, which means nothing. Take it out.")
    _must(needed <= entry.keys(), code, f"lacks {sorted(needed - entry.keys())}. See docs/counties.json.")
    _check_kinds(code, entry)
    _check_issuer(code, entry["issuer"], https)
    lists = {"scopes": tuple(entry.get("scopes", ["openid"])), "claims": CLAIMS | entry.get("claims", {})}
    county = County(code=code, **(entry | lists))
    return _with_secret(county, secret) if county.on else county


def _check_kinds(code: str, entry: dict[str, Any]) -> None:
    for name in ("on", "pkce"):
        _must(isinstance(entry.get(name, True), bool), code, f"{name} has to be true or false.")
    position = entry["position"]
    _must(type(position) is int and 0 < position < 1000, code, "position has to be a whole number from 1.")
    for name in ("name_zh", "name_en", "suffix", "issuer", "client_id", "secret_variable", "resource", "token_method"):
        _must(_is_text(entry.get(name, "")), code, f"{name} has to be one line of text.")
    for name in ("name_zh", "name_en"):
        _must(bool(entry[name].strip()), code, f"{name} is empty. Write the name that people see.")
    _must(bool(SUFFIX.fullmatch(entry["suffix"])), code, "suffix has to be small letters and digits, such as kl.")
    scopes = entry.get("scopes", ["openid"])
    right = isinstance(scopes, list) and all(_is_text(word) and re.fullmatch(r"[!#-\[\]-~]+", word) for word in scopes)
    _must(right and "openid" in scopes, code, 'scopes has to be a list of words with "openid" among them.')
    _must(entry.get("token_method", TOKEN_METHODS[0]) in TOKEN_METHODS, code, f"token_method is one of {TOKEN_METHODS}.")
    _must(
        re.fullmatch(r"(/[!-~]+)?", entry.get("resource", "")) is not None, code, "resource has to be a path: /api/eduinfo."
    )
    claims = entry.get("claims", {})
    right = isinstance(claims, dict) and claims.keys() <= CLAIMS.keys() and all(map(_is_text, claims.values()))
    _must(right, code, f"claims has to be an object with some of {sorted(CLAIMS)}, each a name of a claim.")


def _check_issuer(code: str, issuer: str, https: bool) -> None:
    cure = "Write it as the county's discovery document has it, such as https://kl.sso.edu.tw."
    try:
        parts = urlsplit(issuer)
        right = bool(parts.hostname) and parts.port != 0 and not (parts.query or parts.fragment or parts.username)
    except ValueError:
        right = False
    right = right and re.fullmatch(r"https?://[!-~]+", issuer) is not None
    _must(right, code, f"issuer is {issuer!r}, which is no address of an issuer. {cure}")
    _must(not https or issuer.startswith("https://"), code, f"issuer is {issuer!r}, which is not HTTPS. {cure}")


def _with_secret(county: County, secret: Callable[[str], str]) -> County:
    _must(
        bool(county.client_id), county.code, "is on and has no client_id. Put in what the county gave you, or switch it off."
    )
    variable = county.secret_variable
    right = VARIABLE.fullmatch(variable) is not None
    _must(right, county.code, "secret_variable has to be the name of an environment variable, such as COUNTY_SECRET_KL.")
    value = secret(variable)
    cure = f"Put it into {variable}, or its path into {variable}_FILE, or switch the county off."
    _must(bool(value), county.code, f"is on, and its secret is not set. {cure}")
    return replace(county, secret=value)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST and value.isprintable()


def _must(right: bool, code: str, sentence: str) -> None:
    if not right:
        raise BadCounties(f"COUNTIES_FILE, county {code!r}: {sentence}")
