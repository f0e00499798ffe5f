"""What makes two account names too alike for two people."""

import re

SEPARATORS = re.compile(r"[._-]")
# Eighteen digits are what a 64-bit column holds for sure.
NUMBERED = re.compile(r"(.*[^0-9])([2-9]|[1-9][0-9]{1,17})")


def stem_of(local_part: str) -> tuple[str, int]:
    """The name without its separators, as letters and number: ``hm.wang2`` is ``("hmwang", 2)``, ``a007`` ``("a007", 1)``.

    Equal for two names exactly when they differ only in separators.
    """
    joined = SEPARATORS.sub("", local_part)
    numbered = NUMBERED.fullmatch(joined)
    return (numbered[1], int(numbered[2])) if numbered else (joined, 1)
