"""The names that a person may choose from, or the reason why there are none."""

from dataclasses import dataclass
from itertools import chain

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Person
from mailboxes.models import MailService
from mailboxes.names import passport, taken
from mailboxes.names.passport import Form, Run
from mailboxes.names.rule import problem
from mailboxes.names.taken import Known

WANTED = 5
MOST = 8

REASONS = {
    "given": pgettext_lazy("account name", "given name"),
    "initials-surname": pgettext_lazy("account name", "initials and surname"),
    "surname-initials": pgettext_lazy("account name", "surname and initials"),
    "given-surname": pgettext_lazy("account name", "given name and surname"),
    "surname-given": pgettext_lazy("account name", "surname and given name"),
    "given-dot-surname": pgettext_lazy("account name", "given name.surname"),
    "given-hyphen": pgettext_lazy("account name", "given name with hyphens"),
    "surname-dot-given": pgettext_lazy("account name", "surname.given name"),
    "initials-dot-surname": pgettext_lazy("account name", "initials.surname"),
    "surname-dot-initials": pgettext_lazy("account name", "surname.initials"),
    "name": pgettext_lazy("account name", "whole name"),
    "name-hyphen": pgettext_lazy("account name", "whole name with hyphens"),
    "held": pgettext_lazy("account name", "yours from before"),
    "number": pgettext_lazy("account name", "with a number"),
    "fixed": pgettext_lazy("account name", "the same rule for everybody"),
    "typed": pgettext_lazy("account name", "of your own choice"),
    "reviewer": pgettext_lazy("account name", "offered by the office"),
}
REFUSALS = {
    "no-passport-name": _("No passport name is known, and account names are made from it."),
    "nothing-left": _("Nothing in the passport name can be written with the letters A to Z."),
    "none-left": _("Every account name that the passport name gives is reserved or taken, or does not fit the service."),
    "taken": _("The account name that follows from your number is reserved, or somebody has it."),
    "offers-gone": _("Each account name that the office offered you is reserved or taken, or does not fit the service."),
    "no-number": _("No number is known, and the account name is made from it."),
    "no-entry-year": _("No entry year is known, and the address is made from it."),
    "unfit-number": _("The number cannot be written as an account name."),
}


@dataclass(frozen=True)
class Offer:
    """A name that can be chosen now. ``why`` is a code of ``REASONS``."""

    name: str
    why: str
    domain: str

    @property
    def address(self) -> str:
        return f"{self.name}@{self.domain}"

    @property
    def reason(self) -> str:
        """What the name is made of, in a few words of the reader's language."""
        return str(REASONS[self.why])


class NoUsableName(Exception):
    """Nothing can be offered. ``code`` is one of ``REFUSALS``; the text is a sentence in the reader's language."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    def __str__(self) -> str:
        return str(REFUSALS[self.code])


def offered(service: MailService, person: Person) -> list[Offer]:
    """What ``person`` may choose from, best first: five to eight names, or one where the service fixes them.

    Asks the database at most two questions. NoUsableName says that there is no name, and why.
    """
    if service.names == service.Names.FIXED:
        return _fixed(service, person)
    return suggested(service, person.passport_name, entry_year=person.entry_year, person=person)


def suggested(
    service: MailService, passport_name: str, *, entry_year: int | None = None, person: Person | None = None
) -> list[Offer]:
    """The names for a passport name, whoever's; with ``person`` also those that their cancelled applications held."""
    if not passport_name.strip():
        raise NoUsableName("no-passport-name")
    ways = passport.forms(passport_name)
    if not ways:
        raise NoUsableName("nothing-left")
    chosen = _choose(service, ways, domain=domain_of(service, entry_year), person=person)
    if not chosen:
        raise NoUsableName("none-left")
    return chosen


def _choose(service: MailService, ways: tuple[Form, ...], *, domain: str, person: Person | None) -> list[Offer]:
    shortest, longest = service.shortest_name, service.longest_name
    plain = passport.plain(ways, shortest=shortest, longest=longest)
    runs = passport.numbered(ways, shortest=shortest, longest=longest)
    stems = {run.stem for each in runs for run in each}
    known = taken.look_up(plain, numbered=stems, domain=domain, service=service, person=person)

    held = [name for name in known.held if known.allows(name) and not problem(name, shortest=shortest, longest=longest)]
    held = held[: MOST - WANTED]
    free = [name for name in plain if name not in held and known.is_free(name) and known.allows(name)][: MOST - len(held)]
    names = {name: plain.get(name, "held") for name in (*plain, *held) if name in free or name in held}
    if len(names) < WANTED:
        names |= dict.fromkeys(_with_numbers(runs, known, shortest, domain)[: WANTED - len(names)], "number")
    return [Offer(name, why, domain) for name, why in names.items()]


def _with_numbers(runs: tuple[tuple[Run, ...], ...], known: Known, shortest: int, domain: str) -> list[str]:
    """The shortest names first, one number for each form before a second one for any.

    A form that needs a number only to be long enough at all comes after those that make a name by themselves.
    """
    if not runs:
        return []
    # Each reserved word may be one of the numbers that come back.
    free = taken.smallest_free(chain(*runs), domain=domain, wanted=WANTED + len(known.reserved))
    ranked = []
    for order, each in enumerate(runs):
        names = [f"{run.stem}{number}" for run in each for number in free[run]]
        lacking = max(0, shortest - len(each[0].stem))
        ranked += [(lacking, turn, len(name), order, name) for turn, name in enumerate(filter(known.allows, names))]
    return list(dict.fromkeys(name for *_, name in sorted(ranked)))


def _fixed(service: MailService, person: Person) -> list[Offer]:
    number = person.number.strip().lower()
    if not number and "{number}" in service.fixed_name:
        raise NoUsableName("no-number")
    if person.entry_year is None and "{entry_year}" in service.fixed_name:
        raise NoUsableName("no-entry-year")
    domain = domain_of(service, person.entry_year)
    name = service.fixed_name.format(number=number, entry_year=person.entry_year)
    if problem(name, shortest=service.shortest_name, longest=service.longest_name):
        raise NoUsableName("unfit-number")
    known = taken.look_up([name], domain=domain, service=service, person=person)
    if not (known.is_free(name) and known.allows(name)):
        raise NoUsableName("taken")
    return [Offer(name, "fixed", domain)]


def domain_of(service: MailService, entry_year: int | None) -> str:
    """Where the names of somebody who entered in that year are; NoUsableName where the year decides and is not known."""
    if entry_year is None and (service.needs_entry_year or service.older_domain):
        raise NoUsableName("no-entry-year")
    return service.domain_for(entry_year)
