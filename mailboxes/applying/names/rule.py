"""What every account name keeps to, whatever the service, and what makes two of them too alike."""

import re

SEPARATORS = re.compile(r"[._-]")
# Eighteen digits are what a 64-bit column holds for sure.
NUMBERED = re.compile(r"(.*[^0-9])([2-9]|[1-9][0-9]{1,17})")
RULES = (
    ("first", re.compile(r"[a-z].*")),
    ("last", re.compile(r".*[a-z0-9]")),
    ("doubled", re.compile(r"(?!.*[._-]{2}).*")),
)


def problems(local_part: str, *, shortest: int, longest: int, separators: str = "._-") -> list[str]:
    """The code of each rule that ``local_part`` breaks.

    ``characters``, ``first``, ``last`` and ``doubled`` make it a dot-string (RFC 5321, section 4.1.2) that every mail
    program takes; ``short`` and ``long`` are the service's, in characters, and so may be a narrower choice of separators.
    """
    broken = {
        "short": len(local_part) < shortest,
        "long": len(local_part) > longest,
        "characters": not re.fullmatch(rf"[a-z0-9{re.escape(separators)}]*", local_part),
    }
    broken |= {code: not rule.fullmatch(local_part) for code, rule in RULES}
    return [code for code, is_broken in broken.items() if is_broken]


def problem(local_part: str, *, shortest: int, longest: int) -> str | None:
    """The code of the first rule that ``local_part`` breaks, or None."""
    return next(iter(problems(local_part, shortest=shortest, longest=longest)), None)


def stem_of(local_part: str) -> tuple[str, int]:
    """The name without its separators, as letters and number: ``hm.wang2`` is ``("hmwang", 2)``, ``a007`` ``("a007", 1)``.

    Equal for two names exactly when they differ only in separators.
    """
    joined = SEPARATORS.sub("", local_part)
    numbered = NUMBERED.fullmatch(joined)
    return (numbered[1], int(numbered[2])) if numbered else (joined, 1)
