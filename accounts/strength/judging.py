"""zxcvbn (Python 4.5, JavaScript 4.4.2), bounded in time on any input and safe in threads."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from zxcvbn import feedback, scoring, zxcvbn
from zxcvbn.matching import L33T_TABLE

from accounts.strength import advice

LONGEST = 128  # characters of a password
# zxcvbn reads a password once for every combination of letters that its l33t characters may stand for, and looks up
# every substring each time: the work grows with combinations * length². Without these bounds 72 characters take
# seconds; with them the worst found takes some 40 ms. They leave whole whatever people type: two random characters in nine
# are such characters, and 40 of any kind that are no pattern are far beyond the highest score.
LONGEST_JUDGED = 40  # characters
MOST_WORK = 10_000  # combinations * characters²
LOOKALIKES = tuple("".join(characters) for characters in L33T_TABLE.values())
MOST_INPUTS = 24

_lock = threading.Lock()


@dataclass(frozen=True)
class Judgement:
    """``score`` is zxcvbn's, 0 to 4; ``advice`` holds codes for ``advice.sentence``, the warning first."""

    score: int
    advice: tuple[str, ...]


@sensitive_variables()
def judge(password: str, inputs: Sequence[str]) -> Judgement:
    """Judge a password for the person whom ``inputs`` (see ``inputs_for``) describe; bounded work for any arguments."""
    part = judged_part(password[:LONGEST])
    if not part:  # zxcvbn fails on the empty string
        return Judgement(0, advice.codes({"feedback": feedback.get_feedback(0, []), "sequence": []}))
    with _lock:  # zxcvbn keeps the inputs and the year in globals of its modules
        scoring.REFERENCE_YEAR = this_year()
        result = zxcvbn(part, bounded(inputs))
    return Judgement(result["score"], advice.codes(result))


def judged_part(password: str) -> str:
    """The longest beginning of the password that is cheap enough to judge; all of it for nearly every password."""
    part = password[:LONGEST_JUDGED]
    while _work(part) > MOST_WORK:
        part = part[:-1]
    if len(part) < len(password):
        # Whole repeats only: a rest would look like something new, and "letmein" 18 times better than 5 times.
        period = _period(password)
        if period < len(part):
            part = part[: len(part) - len(part) % period]
    return part


def bounded(inputs: Sequence[str]) -> list[str]:
    """Few and short inputs: each of them is one more word that zxcvbn finds wherever it occurs."""
    return [text[:LONGEST_JUDGED] for text in islice(inputs, MOST_INPUTS)]


def this_year() -> int:
    """The year by which dates in passwords are judged; the page is told it, as zxcvbn there would ask its own clock."""
    return timezone.localdate().year


def _work(part: str) -> int:
    present = set(part)
    combinations = 1
    for characters in LOOKALIKES:
        combinations *= max(1, len(present.intersection(characters)))
    return combinations * len(part) ** 2


def _period(password: str) -> int:
    """After how many characters the password repeats itself: 3 for "abcabcab", its length if it does not."""
    length = len(password)
    return next(step for step in range(1, length + 1) if password[step:] == password[: length - step])
