"""What changed between two texts: first by sentences, then, inside those, by words and by Chinese characters."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Kind = Literal["same", "gone", "new", "left out"]

# A sentence with the space and the line ends after it. Western ones end before a space, so that "3.5" stays whole.
SENTENCE = re.compile(r"(?:[^。！？；\n.!?;]|[.!?;](?!\s))*(?:[。！？；.!?;]+|\n|\Z)[」』”’）)]*\s*")
WORD = re.compile(r"[A-Za-z0-9’'-]+|[^\S\n]+|.", re.DOTALL)
MOST_COMPARED = 250_000  # pairs of words: beyond it, the comparison may take seconds
LEAST_ALIKE = 0.5  # of the words of the shorter text; below it, the two have little to do with each other
AROUND = 160  # characters that are shown on each side of a change; what lies between is left out


@dataclass(frozen=True)
class Part:
    """Some text; of kind "left out", the unchanged text that need not be shown."""

    kind: Kind
    text: str


def between(old: str, new: str) -> list[Part]:
    """The parts of both texts in order; no part if they are the same. Long unchanged stretches are marked as left out."""
    if old == new:
        return []
    changed = _compare(_sentences(old), _sentences(new), _in_sentences, junk=True)
    return list(_shortened(_joined(changed)))


def _sentences(text: str) -> list[str]:
    return [sentence for sentence in SENTENCE.findall(text) if sentence]


Deeper = Callable[[list[str], list[str]], Iterator[Part]]


def _compare(old: list[str], new: list[str], deeper: Deeper, *, junk: bool) -> Iterator[Part]:
    """``deeper`` compares what takes the place of something else."""
    for change, a, b, c, d in SequenceMatcher(None, old, new, autojunk=junk).get_opcodes():
        if change == "equal":
            yield Part("same", "".join(old[a:b]))
        elif change == "replace":
            yield from deeper(old[a:b], new[c:d])
        else:
            yield from _whole(old[a:b], new[c:d])


def _in_sentences(old: list[str], new: list[str]) -> Iterator[Part]:
    """Sentence by sentence where there are as many, so that a change in each of them is still told word by word."""
    if len(old) == len(new):
        for one, other in zip(old, new, strict=True):
            yield from _in_words(WORD.findall(one), WORD.findall(other))
    else:
        yield from _in_words(WORD.findall("".join(old)), WORD.findall("".join(new)))


def _in_words(old: list[str], new: list[str]) -> Iterator[Part]:
    if len(old) * len(new) > MOST_COMPARED or not _alike(old, new):
        return _whole(old, new)
    return _compare(old, new, _whole, junk=False)


def _alike(old: list[str], new: list[str]) -> bool:
    """Spaces and signs do not count: those are in every text."""
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    shared = sum(_words(old[block.a : block.a + block.size]) for block in blocks)
    return shared >= LEAST_ALIKE * min(_words(old), _words(new))


def _words(parts: list[str]) -> int:
    return sum(part[0].isalnum() for part in parts)


def _whole(old: list[str], new: list[str]) -> Iterator[Part]:
    if old:
        yield Part("gone", "".join(old))
    if new:
        yield Part("new", "".join(new))


def _joined(parts: Iterator[Part]) -> list[Part]:
    """Neighbours of one kind are one part."""
    joined: list[Part] = []
    for part in parts:
        if joined and joined[-1].kind == part.kind:
            joined[-1] = Part(part.kind, joined[-1].text + part.text)
        else:
            joined.append(part)
    return joined


def _shortened(parts: list[Part]) -> Iterator[Part]:
    """Of unchanged text, what stands around the changes."""
    for place, part in enumerate(parts):
        before = 0 if place == 0 else AROUND
        after = 0 if place == len(parts) - 1 else AROUND
        if part.kind != "same" or len(part.text) <= 2 * AROUND:
            yield part
            continue
        end = len(part.text) - after
        yield from _some("same", part.text[:before])
        yield Part("left out", part.text[before:end])
        yield from _some("same", part.text[end:])


def _some(kind: Kind, text: str) -> Iterator[Part]:
    if text:
        yield Part(kind, text)
