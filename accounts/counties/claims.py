"""Claims in, person data out: behind here nobody knows how one county differs from another."""

import unicodedata
from hashlib import sha256
from typing import Any

from accounts import facts
from accounts.counties.refusals import Kind, Refused
from accounts.counties.registry import County
from accounts.models import Person
from accounts.people import PersonData
from accounts.references import ALPHABET

TEACHER, STUDENT = "教師", "學生"  # the two words among ``titles`` that say what somebody is
LONGEST_NUMBER, LONGEST_NAME, LONGEST_GUID, LONGEST_SCHOOL = 32, 100, 64, 16  # characters, as Person keeps them
MOST_ROLES, LONGEST_ROLE = 20, 32


def person_data(county: County, subject: str, claims: dict[str, Any], language: str) -> PersonData:
    """The same data as a hand-off gives. Refused where there is no name: everything else may be missing.

    What is missing, or is none, changes nothing that was said before: no mailbox ends by one answer that is not whole.
    ``claims`` are all members that the provider has sent, by whatever way; ``subject`` is the one of the ID token.
    """
    name = _text(_member(county, claims, "name"), LONGEST_NAME)
    if not facts.has_letter(name):
        raise Refused(Kind.NO_NAME, "no-name")
    roles, schools = _titles(_member(county, claims, "titles"))
    school = _said(_member(county, claims, "school"), LONGEST_SCHOOL)
    return PersonData(
        source=county.source,
        subject=subject,
        number=_number(county, subject, claims),
        name=name,
        passport_name="",
        category=_category(roles),
        condition="",
        language=language,
        guid=_said(_member(county, claims, "guid"), LONGEST_GUID),
        school_code=school or next(iter(schools), school),
        roles=roles,
    )


def _member(county: County, claims: dict[str, Any], fact: str) -> Any:
    found: Any = claims
    for step in county.claims[fact].split("."):
        found = found.get(step) if isinstance(found, dict) else None
    return found


def _text(value: Any, longest: int) -> str:
    """One printable line, without a space at its ends; empty for what is none or is longer than anything honest."""
    text = unicodedata.normalize("NFC", value).strip() if isinstance(value, str) else ""
    return text if text.isprintable() and len(text) <= longest else ""


def _said(value: Any, longest: int) -> str | None:
    """The same, where something was said; None where nothing was, or nothing honest."""
    text = _text(value, longest)
    return text if text or value == "" else None


def _number(county: County, subject: str, claims: dict[str, Any]) -> str:
    """The account at the county, as its owner types it there.

    A pairwise subject (OpenID Connect Core 1.0 section 8.1) is no such thing, and where no account and no e-mail come with
    it, a short name is made of it: always the same one, so that the helpdesk finds its owner by it.
    """
    email = _text(claims.get("email"), 254)
    for account in (_text(_member(county, claims, "account"), LONGEST_NUMBER), email.partition("@")[0], subject):
        if account and len(account) <= LONGEST_NUMBER:
            return account
    digest = sha256(f"{county.source} {subject}".encode()).digest()
    return county.code + "".join(ALPHABET[byte % 32] for byte in digest[:8]).lower()


def _titles(value: Any) -> tuple[list[str] | None, list[str]]:
    """The titles, each once, and the codes of the schools that they are held at; that there are none, a list alone can say.

    Counties send a list of words, or a list of objects with a ``schoolid`` and ``titles`` of its own.
    """
    roles: list[Any] = []
    schools: list[str] = []
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            inner = one.get("titles")
            roles += inner if isinstance(inner, list) else [inner]
            schools.append(_text(one.get("schoolid"), LONGEST_SCHOOL))
        else:
            roles.append(one)
    words = [word for role in roles if (word := _text(role, LONGEST_ROLE))]
    known = list(dict.fromkeys(words))[:MOST_ROLES] if words or isinstance(value, list) else None
    return known, [school for school in schools if school]


def _category(roles: list[str] | None) -> str | None:
    """Whoever teaches is staff, also where they study besides; no word for what somebody is neither of."""
    if roles is None:
        return None
    if TEACHER in roles:
        return Person.Category.STAFF
    return Person.Category.STUDENT if STUDENT in roles else ""
