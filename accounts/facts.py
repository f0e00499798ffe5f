"""The form that each fact of a campus person must have, by whatever way it comes: the rules of docs/handoff.md, as code."""

import re
import unicodedata
from collections.abc import Callable
from typing import Any

FIRST_YEAR, LAST_YEAR = 1, 9999  # any calendar's

# Unicode's bidirectional controls (UAX 9): they can make a name read as something else. The contract of the hand-off names
# these, and not U+061C.
BIDI_CONTROLS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Cc: controls. Cs: half a surrogate pair, which JSON can spell and no database can store.
UNFIT_CATEGORIES = ("Cc", "Cs")

Form = Callable[[Any], bool]


def is_whole(value: object) -> bool:
    return type(value) is int  # not True, which Python counts as 1; not 1.0


def is_year(value: Any) -> bool:
    return is_whole(value) and FIRST_YEAR <= value <= LAST_YEAR


def made_of(pattern: str) -> Form:
    form = re.compile(pattern)
    return lambda value: isinstance(value, str) and form.fullmatch(value) is not None


def one_of(*words: str) -> Form:
    return lambda value: value in words


# Letters to Unicode, of which nothing is to be seen: the Hangul fillers.
FILLERS = frozenset("\u115f\u1160\u3164\uffa0")


def has_letter(text: str) -> bool:
    """Whether there is a letter to be seen in it."""
    return any(unicodedata.category(sign)[0] == "L" and sign not in FILLERS for sign in text)


def is_fit(text: str) -> bool:
    """Characters in Unicode NFC, none of which controls how the others are shown."""
    return unicodedata.is_normalized("NFC", text) and (
        # Most texts are ideographs or letters alone: nothing that cannot be printed.
        text.isprintable()
        or not any(sign in BIDI_CONTROLS or unicodedata.category(sign) in UNFIT_CATEGORIES for sign in text)
    )


def text(least: int, most: int) -> Form:
    """So many characters, all of them fit."""
    return lambda value: isinstance(value, str) and least <= len(value) <= most and is_fit(value)


# The least and the most characters of each.
NAME, PASSPORT_NAME, CONDITION, UNIT = (1, 100), (0, 100), (1, 16), (0, 100)

is_number = made_of(r"[A-Za-z0-9_-]{1,32}")
is_name = text(*NAME)
is_passport_name = text(*PASSPORT_NAME)
is_category = one_of("staff", "student")
is_condition = text(*CONDITION)
is_unit = text(*UNIT)
is_language = one_of("zh-hant", "en")
