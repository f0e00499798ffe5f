"""The portal's WSGI application, whose processes can be caught before they commit a request and before they answer it."""

from collections.abc import Callable, Iterable
from typing import Any

import portal.wsgi  # first: it sets Django up
from mailboxes.provisioning import outbox
from tests.faults import points

_put = outbox.put


def _watched_put(*args: Any, **named: Any) -> Any:
    job = _put(*args, **named)
    points.come_by("web-commit")
    return job


outbox.put = _watched_put


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    answer = portal.wsgi.application(environ, start_response)
    if environ["REQUEST_METHOD"] == "POST" and environ["PATH_INFO"].endswith(("/password/", "/reset/")):
        points.come_by("web-answer")
    return answer
