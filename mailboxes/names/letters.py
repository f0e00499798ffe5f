"""Any script into the letters a to z."""

import unicodedata

from anyascii import anyascii

# ICAO Doc 9303 part 3, section 6, table A: the Latin letters that lose more than an accent on the way to A to Z.
# ß, ı and Ĳ need no row: upper case makes SS and I of the first two, NFKC makes IJ of the third.
ICAO = {
    "Ä": "AE",
    "Å": "AA",
    "Æ": "AE",
    "Ð": "D",
    "Ñ": "N",
    "Ö": "OE",
    "Ø": "OE",
    "Ü": "UE",
    "Þ": "TH",
    "Đ": "D",
    "Ħ": "H",
    "Ł": "L",
    "Ŋ": "N",
    "Œ": "OE",
    "Ŧ": "T",
    "ẞ": "SS",
}
# What people type for an apostrophe; the two sides of one are one word (ICAO Doc 9303 part 3, section 4.6).
APOSTROPHES = dict.fromkeys(map(ord, "'`´‘’‛ʹʻʼʽˈ′＇"))
# Each character of these is a word, or at least a syllable, of its own.
SYLLABLES = ("CJK UNIFIED IDEOGRAPH", "HANGUL SYLLABLE")


def tidy(text: str) -> str:
    """``text`` in upper case, full-width forms made ordinary, accents joined to their letters, apostrophes gone."""
    plain = unicodedata.normalize("NFKC", text.translate(APOSTROPHES))
    return unicodedata.normalize("NFC", plain.upper())


def words(tidied: str) -> tuple[str, ...]:
    """The words of a tidied text, in lower-case a to z. Digits are no part of a name: they go."""
    return tuple("".join(map(_latin, tidied)).lower().split())


def _latin(character: str) -> str:
    if character in ICAO:
        return ICAO[character]
    category = unicodedata.category(character)
    if category[0] in "LM":
        letters = "".join(filter(_is_a_to_z, anyascii(character)))
        return f" {letters} " if unicodedata.name(character, "").startswith(SYLLABLES) else letters
    return "" if category[0] == "N" or category == "Cf" else " "


def _is_a_to_z(character: str) -> bool:
    return character.isascii() and character.isalpha()
