"""Where somebody's own Sieve script sends letters on to: its ``redirect`` commands, without running it (RFC 5228).

A script is whatever its owner has uploaded, so each character is looked at once, and nothing is believed of its form.
"""

import re
from collections.abc import Iterator
from itertools import islice, takewhile

LONGEST = 1024 * 1024  # characters that are looked at
MOST = 20  # addresses that are shown
LONGEST_SHOWN = 254  # characters of each

# RFC 5228 section 8.1. A comment or a string that never ends takes the rest, as it does for a server.
TOKEN = re.compile(
    r"""(?P<nothing>\s+|\#[^\n]*|/\*(?s:.*?)(?:\*/|\Z))
    |(?P<text>text:[ \t]*(?:\#[^\n]*)?\r?\n)
    |"(?P<quoted>(?:[^"\\]|\\(?s:.))*+)"?
    |(?P<word>:?[A-Za-z_][A-Za-z0-9_]*)
    |(?P<end>[;{}]+)
    |(?P<sign>(?s:.))""",
    re.VERBOSE | re.IGNORECASE,
)
END_OF_TEXT = re.compile(r"^\.\r?$", re.MULTILINE)
Token = tuple[str, str]  # its kind (string, word, end of a command, or sign), and what it says


def redirects(script: str) -> list[str]:
    """The addresses of the first ``MOST`` redirects, each once, as they stand there."""
    if "redirect" not in script.lower():
        return []
    return list(dict.fromkeys(islice(_targets(_tokens(script[:LONGEST])), MOST)))


def _targets(tokens: Iterator[Token]) -> Iterator[str]:
    for kind, word in tokens:
        if kind == "word" and word.lower() == "redirect":
            # The address is the command's one positional argument, its last (RFC 5228 section 4.2); tags may have their own.
            rest = takewhile(lambda token: token[0] != "end", tokens)
            strings = [text for kind, text in rest if kind == "string"]
            if strings and (target := strings[-1].strip()):
                yield target[:LONGEST_SHOWN]


def _tokens(script: str) -> Iterator[Token]:
    at = 0
    while found := TOKEN.match(script, at):
        at = found.end()
        if found.lastgroup == "text":
            ended = END_OF_TEXT.search(script, at)
            text = script[at : ended.start() if ended else len(script)]
            at = ended.end() if ended else len(script)
            yield "string", re.sub(r"^\.\.", ".", text, flags=re.MULTILINE)
        elif found.lastgroup == "quoted":
            yield "string", re.sub(r"\\(.)", r"\1", found["quoted"], flags=re.DOTALL)
        elif found.lastgroup != "nothing":
            yield str(found.lastgroup), found.group()
