"""What every account name keeps to, whatever the service, and what makes two of them too alike."""

import re

SEPARATORS = re.compile(r"[._-]")
# Eighteen digits are what a 64-bit column holds for sure.
NUMBERED = re.compile(r"(.*[^0-9])([2-9]|[1-9][0-9]{1,17})")
RULES = (
    ("characters", re.compile(r"[a-z0-9._-]*")),
    ("first", re.compile(r"[a-z].*")),
    ("last", re.compile(r".*[a-z0-9]")),
    ("doubled", re.compile(r"(?!.*[._-]{2}).*")),
)


def problem(local_part: str, *, shortest: int, longest: int) -> str | None:
    """The code of the first rule that ``local_part`` breaks, or None.

    ``characters``, ``first``, ``last`` and ``doubled`` make it a dot-string (RFC 5321, section 4.1.2) that every mail
    program takes; ``short`` and ``long`` are the service's, in characters.
    """
    if len(local_part) < shortest:
        return "short"
    if len(local_part) > longest:
        return "long"
    return next((code for code, rule in RULES if not rule.fullmatch(local_part)), None)


def stem_of(local_part: str) -> tuple[str, int]:
    """The name without its separators, as letters and number: ``hm.wang2`` is ``("hmwang", 2)``, ``a007`` ``("a007", 1)``.

    Equal for two names exactly when they differ only in separators.
    """
    joined = SEPARATORS.sub("", local_part)
    numbered = NUMBERED.fullmatch(joined)
    return (numbered[1], int(numbered[2])) if numbered else (joined, 1)
