"""A default name made from the person's account, and names of one's own: can they be had, and what is free nearby."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from mailboxes.models import MailService
from mailboxes.models.stem import SEPARATORS
from mailboxes.names import taken
from mailboxes.names.offers import Offer, domain_of
from mailboxes.names.rule import problems

ALTERNATIVES = 3
# Where the small ones are taken, as of a common word, one of the large ones is free: no search, and the same one query.
NUMBERS = (*range(2, 10), *(10**digits + more for digits in range(1, 7) for more in (0, 1)))
SENTENCES: dict[str, Promise] = {
    "required": _("Type a name."),
    "short": _("A name has at least %(shortest)s characters."),
    "long": _("A name has at most %(longest)s characters."),
    "characters": _("Only the letters a to z, digits and these signs can be in a name: %(separators)s"),
    "first": _("A name begins with a letter from a to z."),
    "last": _("A name ends with a letter or a digit."),
    "doubled": _("Two of the signs cannot stand side by side in a name."),
    "reserved": _("That name stands for an office or a role, so nobody can have it."),
    "taken": _("Somebody has that name, or one that differs from it in its signs alone."),
    "free": _("You can have this name."),
}
SMALL_LETTERS = _("Names are in small letters: %(name)s")


@dataclass(frozen=True)
class Verdict:
    """What became of a typed name. ``name`` is as one would have it: in small letters, full-width forms made ordinary.

    ``codes`` are keys of ``SENTENCES``: ``free``, ``taken``, ``reserved``, or each rule that it breaks. ``alternatives`` to
    a taken name are free, at most three.
    """

    name: str
    codes: tuple[str, ...]
    sentences: tuple[str, ...]
    alternatives: tuple[str, ...] = ()

    @property
    def is_free(self) -> bool:
        return self.codes == ("free",)


def default(service: MailService, person: Person) -> Offer | None:
    """The name to begin with, or the nearest to it that is free; None where the pattern and the account give nothing.

    One query. NoUsableName if the domain needs an entry year that is not known.
    """
    suffix = service.suffix_for(person.source)
    account = _account(service, person.number)
    if not account or ("{suffix}" in service.default_name and not suffix):
        return None
    before, _number, after = service.default_name.format(number="\0", suffix=suffix).partition("\0")
    domain = domain_of(service, person.entry_year)
    names = _fitting(service, before + account, after, suffix="")
    known = taken.look_up(names, domain=domain, service=service, person=person)
    free = (name for name in names if known.is_free(name) and known.allows(name))
    return next((Offer(name, "typed", domain) for name in free), None)


def checked(service: MailService, person: Person, typed: str) -> Verdict:
    """Whether ``person`` can have the name at this moment. One query, and none for a name that breaks a rule.

    NoUsableName if the domain needs an entry year that is not known.
    """
    plain = unicodedata.normalize("NFKC", typed).strip()
    name = plain.lower()
    if broken := _broken(service, name):
        return _verdict(service, plain, name, broken)
    names = _fitting(service, name, "", suffix=service.suffix_for(person.source))
    domain = domain_of(service, person.entry_year)
    known = taken.look_up(names, domain=domain, service=service, person=person)
    if not known.allows(name):
        return _verdict(service, plain, name, ["reserved"])
    if known.is_free(name):
        return _verdict(service, plain, name, ["free"])
    free = [each for each in names if known.is_free(each) and known.allows(each)]
    return _verdict(service, plain, name, ["taken"], free[:ALTERNATIVES])


def _broken(service: MailService, name: str) -> list[str]:
    if not name:
        return ["required"]
    return problems(name, shortest=service.shortest_name, longest=service.longest_name, separators=service.separators)


def _verdict(
    service: MailService, plain: str, name: str, codes: list[str], alternatives: list[str] | None = None
) -> Verdict:
    facts = {
        "shortest": service.shortest_name,
        "longest": service.longest_name,
        "separators": " ".join(service.separators),
        "name": name,
    }
    said = [SMALL_LETTERS] if name != plain and codes[0] in ("free", "taken", "reserved") else []
    sentences = tuple(str(sentence) % facts for sentence in (*said, *(SENTENCES[code] for code in codes)))
    return Verdict(name, tuple(codes), sentences, tuple(alternatives or ()))


def _account(service: MailService, number: str) -> str:
    """The account as the beginning of a name: what cannot be in one is left out."""
    kept = re.sub(r"[^a-z0-9._-]", "", unicodedata.normalize("NFKC", number).lower())
    single = SEPARATORS.sub(lambda sign: sign[0] if sign[0] in service.separators else "", kept)
    account = re.sub(r"([._-])[._-]+", r"\1", single).strip("._-")
    # Pupils' accounts are often digits alone, and a name begins with a letter: u as in user.
    return f"u{account}" if account[:1].isdigit() else account


def _fitting(service: MailService, head: str, ending: str, *, suffix: str) -> list[str]:
    """``head`` + ``ending`` and the names near it that keep to the rule, nearest first; ``head`` is cut where it must be."""
    names = (
        head[: max(0, service.longest_name - len(ending + tail))].rstrip("._-") + ending + tail
        for tail in _tails(service, head + ending, suffix)
    )
    return [name for name in dict.fromkeys(names) if not _broken(service, name)]


def _tails(service: MailService, name: str, suffix: str) -> Iterator[str]:
    sign = service.separators[0]
    yield ""
    if suffix:
        yield f"{sign}{suffix}"
    # A number behind a number would read as one.
    for number in NUMBERS:
        yield f"{sign if name[-1:].isdigit() else ''}{number}"
