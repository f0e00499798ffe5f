"""Asking a county's server, at no address of our own network; what does not come is a sign-in refused."""

import time
from typing import Any
from urllib.parse import SplitResult, urlsplit

from accounts import asking
from accounts.asking import Answer, NotAnswered
from accounts.counties import crowds
from accounts.counties.refusals import Kind, Refused

SECONDS = 10.0  # for all calls of one sign-in together
UNTRUSTED = ("bad-endpoint", "bad-certificate", "private-address")


class Conversation:
    """All that one sign-in asks of one issuer. Redirects are not followed: a document stands where the issuer says."""

    def __init__(self, issuer: str) -> None:
        self._issuer = urlsplit(issuer)
        self._until = time.monotonic() + SECONDS

    def checked(self, url: str) -> SplitResult:
        """The parts of an address that is as secure as the issuer's own; Refused for another, and for what is none."""
        try:
            return asking.checked(url, ("https", self._issuer.scheme))
        except NotAnswered as problem:
            raise _refused(problem) from None

    def ask(self, url: str, *, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        """GET, or POST where there is a body. Refused where nothing comes in time, too much comes, or a redirect."""
        parts = self.checked(url)
        try:
            # The issuer is inside itself in a trial alone.
            inside = asking.is_inside(self._issuer.hostname or "")
            with crowds.place(self._issuer.geturl()):
                return asking.ask(parts, until=self._until, inside=inside, body=body, headers=headers)
        except NotAnswered as problem:
            raise _refused(problem) from None


def members(answer: Answer) -> dict[str, Any]:
    """The JSON object that an answer holds; Refused for anything else."""
    try:
        return answer.members()
    except NotAnswered as problem:
        raise _refused(problem) from None


def _refused(problem: NotAnswered) -> Refused:
    return Refused(Kind.UNTRUSTED if problem.code in UNTRUSTED else Kind.UNREACHABLE, problem.code)
