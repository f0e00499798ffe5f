"""A passport name into account names, best first. Nothing here knows which of them are free."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from mailboxes.names import letters

# Far more numbers than there are people; a longer one would be no name to tell anybody.
MOST_DIGITS = 7
# As long as the field that holds it; what follows could not be seen in an account name.
LONGEST_INPUT = 100

Words = tuple[str, ...]


@dataclass(frozen=True)
class Form:
    """One way to put a name together: groups of words, what stands between groups, what within one."""

    why: str
    groups: tuple[Words, ...]
    between: str = ""
    within: str = ""

    def cut(self, room: int) -> str:
        """The name in at most ``room`` characters, dropping last words before cutting into one; empty if impossible."""
        groups = [list(group) for group in self.groups]
        while len(name := self.between.join(self.within.join(group) for group in groups)) > room:
            group = max([group for group in groups if len(group) > 1] or groups, key=lambda group: sum(map(len, group)))
            if len(group) > 1:
                group.pop()
            elif len(group[0]) > 1:
                group[0] = group[0][:-1]
            else:
                return ""
        return name


@dataclass(frozen=True)
class Run:
    """The names ``stem`` + number, for every number from ``low`` to ``high``."""

    stem: str
    low: int
    high: int


@lru_cache
def forms(passport_name: str) -> tuple[Form, ...]:
    """Every way to put the name together, most natural first; empty when it has no letters.

    A passport puts the surname first and a comma after it. Without a comma the first word is taken for the surname; where
    there is only one name there is only one way, and the same with its hyphens.
    """
    surname, given = _parse(passport_name)
    if not surname or not given:
        only = (surname + given,)
        return (Form("name", only), Form("name-hyphen", only, within="-")) if only[0] else ()
    initials = tuple(word[0] for word in given)
    return (
        Form("given", (given,)),
        Form("initials-surname", (initials, surname)),
        Form("surname-initials", (surname, initials)),
        Form("given-surname", (given, surname)),
        Form("surname-given", (surname, given)),
        Form("given-dot-surname", (given, surname), between="."),
        Form("given-hyphen", (given,), within="-"),
        Form("surname-dot-given", (surname, given), between="."),
        Form("initials-dot-surname", (initials, surname), between="."),
        Form("surname-dot-initials", (surname, initials), between="."),
    )


def plain(ways: tuple[Form, ...], *, shortest: int, longest: int) -> dict[str, str]:
    """Each name without a number that fits, and the code of its form."""
    names: dict[str, str] = {}
    for form in ways:
        name = form.cut(longest)
        if len(name) >= shortest:
            names.setdefault(name, form.why)
    return names


@lru_cache
def numbered(ways: tuple[Form, ...], *, shortest: int, longest: int) -> tuple[tuple[Run, ...], ...]:
    """The runs of numbered names of each form without separators, the shortest number first; most natural form first."""
    runs = [_runs(form, shortest, longest) for form in ways if not form.between + form.within]
    return tuple(tuple(each) for each in runs if each)


def _runs(form: Form, shortest: int, longest: int) -> list[Run]:
    """One run in the ordinary case; a name that is longer than the service allows makes way for each further digit."""
    runs: list[Run] = []
    for digits in range(1, MOST_DIGITS + 1):
        stem = form.cut(longest - digits)
        if not stem or len(stem) + digits < shortest:
            continue
        low = max(2, 10 ** (digits - 1))
        if runs and runs[-1].stem == stem:
            low = runs.pop().low
        runs.append(Run(stem, low, 10**digits - 1))
    return runs


def _parse(passport_name: str) -> tuple[Words, Words]:
    surname, comma, given = letters.tidy(passport_name[:LONGEST_INPUT]).partition(",")
    if comma:
        return letters.words(surname), letters.words(given)
    first, *rest = list(_spaced(surname)) or [()]
    return first, tuple(word for words in rest for word in words)


def _spaced(text: str) -> Iterator[Words]:
    return filter(None, map(letters.words, text.split()))
