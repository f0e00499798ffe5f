"""Enough of a private mail address to recognize it on the telephone, and not enough to write to it."""

import re

ADDRESS = re.compile(r"([^\s<>@\"])[^\s<>@\"]*@([^\s<>@\"]+)")


def masked(text: str) -> str:
    """``alice@example.com`` as ``a…@example.com``, wherever in the text it stands."""
    return ADDRESS.sub(r"\1…@\2", text)
