"""Times a sign-in with a county, whose provider's own time is left out: going there, and all that coming back takes."""

import statistics
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.services import lying_provider
from tests.services.county_provider import county

TIMES = 50
AROUND = ("BEGIN", "COMMIT", "ROLLBACK")


def measure() -> dict[str, float]:
    """Milliseconds of ours (median and worst), those of the provider (median), and the most queries of a sign-in."""
    ours, theirs = [], []
    spent: list[float] = []
    _clock_the_provider(spent)
    with lying_provider.running() as port:
        issuer = f"http://127.0.0.1:{port}/{lying_provider.HONEST}"
        settings.COUNTIES = (county(0, issuer=issuer, resource=f"/{lying_provider.HONEST}/eduinfo"),)
        first, later = _queries(), _queries()
        for _ in range(TIMES):
            spent.clear()
            started = time.perf_counter()
            _sign_in()
            theirs.append(1000 * sum(spent))
            ours.append(1000 * (time.perf_counter() - started) - theirs[-1])
    return {
        "ours": statistics.median(ours),
        "worst": max(ours),
        "theirs": statistics.median(theirs),
        "queries, first visit": first,
        "queries, later visit": later,
    }


def _clock_the_provider(spent: list[float]) -> None:
    """Its handler runs in this process, while the portal waits for it and does nothing else."""
    answer: Callable[..., None] = lying_provider._Handler._answer

    def clocked(handler: Any, *details: Any) -> None:
        started = time.perf_counter()
        answer(handler, *details)
        spent.append(time.perf_counter() - started)

    lying_provider._Handler._answer = clocked  # type: ignore[method-assign]


def _queries() -> int:
    with CaptureQueriesContext(connection) as asked:
        _sign_in()
    return sum(not query["sql"].startswith(AROUND) for query in asked.captured_queries)


def _sign_in() -> None:
    browser = Client(headers={"accept-language": "zh-TW"}, SERVER_NAME="127.0.0.1")
    sent = parse_qs(urlsplit(browser.get("/counties/kl/")["Location"]).query)
    answer = browser.get("/counties/kl/callback/", {"state": sent["state"][0], "code": sent["nonce"][0]})
    assert answer.headers.get("Location") == "/", answer.content.decode()
