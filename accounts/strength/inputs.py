"""What anybody may know of a person, as the words that make a bad password for them."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from anyascii import anyascii

from accounts.strength.judging import LONGEST_JUDGED, bounded

_LONGEST_TEXT = 100  # characters; as the columns of Person
_FIRST_CJK = "\u2e80"


@lru_cache
def inputs_for(*, name: str, passport_name: str, number: str, local_part: str) -> tuple[str, ...]:
    """The person's names, number and chosen name, whole and in parts, in lower-case ASCII and always in the same order.

    ``WANG,HSIAO-MING`` gives wang, hsiao-ming, hsiaoming, hsiao, ming, wanghsiaoming, hsiaomingwang.
    """
    words: dict[str, None] = {}
    for text in (local_part, number, passport_name, name):
        # Cut as the password is: of a longer one, too, only so much is judged.
        words.update(dict.fromkeys(word[:LONGEST_JUDGED] for word in _readings(_ascii(text[:_LONGEST_TEXT]))))
    return tuple(bounded([word for word in words if len(word) > 1]))


def _readings(text: str) -> Iterator[str]:
    groups = [group.strip() for group in text.split(",") if group.strip()]
    joined = [_letters(group) for group in groups]
    for group, word in zip(groups, joined, strict=True):
        yield group
        yield word
        yield from re.findall(r"[a-z]+|[0-9]+", group)
    yield "".join(joined)
    yield "".join(reversed(joined))


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text)


def _ascii(text: str) -> str:
    """王小明 as "wang xiao ming": a syllable for each character, as people type their names in passwords."""
    syllables = (f" {anyascii(c)} " if c >= _FIRST_CJK else anyascii(c) for c in unicodedata.normalize("NFKC", text))
    return " ".join("".join(syllables).lower().split())
