"""Varied passwords, always the same ones for the same seed."""

import random
import string
from collections.abc import Callable

from zxcvbn.matching import L33T_TABLE, RANKED_DICTIONARIES

PRINTABLE = string.printable[:95]
LEET = "".join(sorted({character for characters in L33T_TABLE.values() for character in characters}))
COMMON = list(RANKED_DICTIONARIES["passwords"])[:20_000]
ENGLISH = list(RANKED_DICTIONARIES["english_wikipedia"])[:20_000]
NAMES = list(RANKED_DICTIONARIES["surnames"])[:3000] + list(RANKED_DICTIONARIES["female_names"])[:2000]
ROWS = [
    "qwertyuiop[]",
    "asdfghjkl;",
    "zxcvbnm,./",
    "1234567890-=",
    "QWERTYUIOP{}",
    "789456123",
    "aoeuidhtns",
    "1qaz2wsx3edc",
]
# Words of JavaScript's own objects, which a table of words kept in an object seems to hold.
OF_OBJECTS = ["constructor", "__proto__", "toString", "hasOwnProperty", "valueOf", "isprototypeof"]


def varied(seed: int, count: int, about: list[str]) -> list[str]:
    """Printable ASCII, 1 to 128 characters; ``about`` holds words of the person, for passwords made of them."""
    chance = random.Random(seed)  # noqa: S311 (nobody's password: the same ones in every run)
    makers = _ordinary(chance, about) * 3 + _patterns(chance) * 2 + _hostile(chance)
    return [makers[index % len(makers)]()[:128] for index in range(count)]


def _leet(chance: random.Random, word: str) -> str:
    return "".join(chance.choice(L33T_TABLE[c]) if c in L33T_TABLE and chance.random() < 0.6 else c for c in word)


def _some(chance: random.Random, alphabet: str, least: int, most: int) -> str:
    return "".join(chance.choice(alphabet) for _ in range(chance.randint(least, most)))


def _date(chance: random.Random) -> str:
    year, month, day = chance.randint(1940, 2030), chance.randint(1, 12), chance.randint(1, 31)
    mark = chance.choice(["", "/", "-", ".", " ", "_"])
    return chance.choice(
        [
            f"{day}{mark}{month}{mark}{year}",
            f"{year}{mark}{month:02}{mark}{day:02}",
            f"{month}{mark}{day}{mark}{year % 100:02}",
            str(year),
        ]
    )


def _ordinary(chance: random.Random, about: list[str]) -> list[Callable[[], str]]:
    pick = chance.choice
    return [
        lambda: _some(chance, PRINTABLE, 1, 30),
        lambda: pick(COMMON),
        lambda: pick(ENGLISH).capitalize() + str(chance.randint(0, 9999)),
        lambda: _leet(chance, pick(COMMON + ENGLISH)),
        lambda: _leet(chance, pick(ENGLISH) + pick(ENGLISH)) + pick("!?.1"),
        lambda: pick(" -._").join(pick(ENGLISH) for _ in range(chance.randint(2, 7))),
        lambda: pick(NAMES) + _date(chance),
        lambda: pick(about) + pick([pick(ENGLISH), _date(chance), pick(about), "!" * chance.randint(1, 4)]),
        lambda: _leet(chance, pick(about)) + pick(about)[::-1] + str(chance.randint(0, 99)),
    ]


def _patterns(chance: random.Random) -> list[Callable[[], str]]:
    pick = chance.choice

    def run() -> str:
        row, start = pick(ROWS), chance.randint(0, 5)
        return row[start : start + chance.randint(3, 8)] + pick(["", pick(COMMON), _date(chance)])

    def sequence() -> str:
        step, start = chance.randint(1, 5), chance.randint(0, 93)
        return "".join(chr(33 + (start + step * index) % 94) for index in range(chance.randint(5, 128)))

    return [run, sequence, lambda: _date(chance), lambda: _date(chance) + _date(chance)]


def _hostile(chance: random.Random) -> list[Callable[[], str]]:
    pick = chance.choice
    return [
        lambda: _some(chance, LEET, 8, 128),
        lambda: _some(chance, LEET + "aeiost", 8, 128),
        lambda: _some(chance, PRINTABLE, 20, 128),
        lambda: _some(chance, string.digits, 30, 128),
        lambda: pick(COMMON) * chance.randint(2, 20),
        lambda: pick(PRINTABLE) * chance.randint(1, 128),
        lambda: _some(chance, PRINTABLE, 3, 40) * chance.randint(2, 6),
        lambda: "".join(_date(chance) for _ in range(16)),
        lambda: _leet(chance, "".join(pick(COMMON) for _ in range(16))),
        lambda: pick(OF_OBJECTS) + pick(["", "1", "99!", pick(COMMON)]),
    ]
