"""Which passwords a service takes, and the sentences that say why not."""

import re
import string
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, pgettext
from django.views.decorators.debug import sensitive_variables

from accounts.strength import advice, judging

KINDS = {"digit": string.digits, "upper": string.ascii_uppercase, "lower": string.ascii_lowercase}
_KIND_NAMES = {
    "digit": gettext_noop("a digit"),
    "upper": gettext_noop("an upper-case letter"),
    "lower": gettext_noop("a lower-case letter"),
}
_ENOUGH = {
    1: gettext_noop("Weak or better"),
    2: gettext_noop("Fair or better"),
    3: gettext_noop("GOOD or STRONG"),
    4: gettext_noop("STRONG"),
}


@dataclass(frozen=True, kw_only=True)
class PasswordRule:
    """``least_score`` is zxcvbn's (0 to 4); ``kinds`` holds any of "digit", "upper", "lower"."""

    least_score: int
    least_length: int
    kinds: tuple[str, ...] = ()

    def requirements(self) -> list[str]:
        """What to say before somebody types, in the language of the request."""
        said = [_("At least %(least)d characters.") % {"least": self.least_length}]
        if self.least_score:
            said = [
                _("At least %(least)d characters; the strength must be %(enough)s.")
                % {"least": self.least_length, "enough": _(_ENOUGH[self.least_score])}
            ]
        if self.kinds:
            names = pgettext("between the items of a list", ", ").join(_(_KIND_NAMES[kind]) for kind in self.kinds)
            said.append(_("It must have: %(kinds)s.") % {"kinds": names})
        return said

    def sentences(self) -> dict[str, str]:
        """What to say of each problem, by its code, in the language of the request."""
        return {
            "not-ascii": _(
                "Use only the letters, digits, spaces and symbols of an English keyboard. Mail programs send other "
                "characters in different ways, so that the password might work here and fail on a phone."
            ),
            "too-long": _("Too long: use at most %(most)d characters.") % {"most": judging.LONGEST},
            "too-short": _("Too short: use at least %(least)d characters.") % {"least": self.least_length},
            "missing-digit": _("Add a digit."),
            "missing-upper": _("Add an upper-case letter."),
            "missing-lower": _("Add a lower-case letter."),
            "too-weak": _("This password is too easy to guess: the strength must be %(enough)s.")
            % {"enough": _(_ENOUGH[max(1, self.least_score)])},
        }


def between_sentences() -> str:
    """What separates two sentences: a space, and in Chinese nothing that is seen."""
    return pgettext("between sentences", " ")


@dataclass(frozen=True)
class Verdict:
    """``problems`` is empty for a password that is taken; ``score`` is zxcvbn's, None of what was not judged."""

    problems: list[ValidationError]
    score: int | None = None


@sensitive_variables()
def verdict(password: str, rule: PasswordRule, inputs: Sequence[str]) -> Verdict:
    """Whether the service takes this password, and if not, why. No error holds any of the password."""
    sentences = rule.sentences()
    if not re.fullmatch(r"[ -~]*", password):
        return Verdict([ValidationError(sentences["not-ascii"], code="not-ascii")])
    if len(password) > judging.LONGEST:
        return Verdict([ValidationError(sentences["too-long"], code="too-long")])
    codes = [f"missing-{kind}" for kind in rule.kinds if not set(KINDS[kind]).intersection(password)]
    if len(password) < rule.least_length:
        codes.insert(0, "too-short")
    found = [ValidationError(sentences[code], code=code) for code in codes]
    judgement = judging.judge(password, inputs)
    if judgement.score < rule.least_score:
        hints = (advice.sentence(code) for code in judgement.advice or (advice.ANOTHER_WORD,))
        found.append(ValidationError(between_sentences().join((sentences["too-weak"], *hints)), code="too-weak"))
    return Verdict(found, judgement.score)


def worker_settings(rule: PasswordRule, inputs: Sequence[str]) -> dict[str, Any]:
    """Everything by which the page judges as this package does; JSON, for static/js/strength-worker.js."""
    return {
        "rule": asdict(rule),
        "inputs": judging.bounded(inputs),
        "year": judging.this_year(),
        "longest": judging.LONGEST,
        "longestJudged": judging.LONGEST_JUDGED,
        "mostWork": judging.MOST_WORK,
        "lookalikes": judging.LOOKALIKES,
        "aboutYou": advice.ABOUT_YOU,
    }
