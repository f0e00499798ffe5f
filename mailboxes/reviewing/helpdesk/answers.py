"""What a check answers: how bad it is, a sentence, and what the helpdesk can tell the caller."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

LEVELS = {
    "good": pgettext_lazy("check", "In order"),
    "amber": pgettext_lazy("check", "Look at this"),
    "red": pgettext_lazy("check", "In the way"),
}


@dataclass(frozen=True)
class Answer:
    """``level`` is a key of ``LEVELS``; ``step`` is empty where there is nothing to do."""

    level: str
    sentence: str
    step: str = ""

    @property
    def word(self) -> str | Promise:
        return LEVELS[self.level]


@dataclass(frozen=True)
class Box:
    heading: str
    answers: list[Answer]


def fault() -> Answer:
    """Where the check itself went wrong, which the log explains to the operators."""
    return Answer("amber", _("This could not be checked: the portal itself had a fault."), _("Tell the operators."))
