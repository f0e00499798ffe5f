"""What every account name keeps to, whatever the service."""

import re

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
