"""Where a person may be sent after signing in: to a page of this site, and to nothing else."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme

LONGEST = 500
NEVER = ("/admin/", "/sso/", "/staff/", "/language/", "/log-out/", "/counties/")
POST_ONLY = "post_only"  # what a view has that takes forms and is no page


def own_path(path: str) -> str | None:
    """The path where it is one of this site's pages for people; None for another origin, a trick, or an unknown page.

    Where it takes forms alone, the page that it belongs to: the nearest above it.
    """
    if not path.startswith("/") or len(path) > LONGEST or not path.isascii() or not path.isprintable():
        return None
    if not url_has_allowed_host_and_scheme(path, allowed_hosts=None) or path.startswith(NEVER):
        return None
    view = _view(urlsplit(path).path)
    if view is None:
        return None
    return _above(urlsplit(path).path) if getattr(view, POST_ONLY, False) else path


def _above(path: str) -> str:
    while path != "/":
        path = path.rstrip("/").rpartition("/")[0] + "/"
        view = _view(path)
        if view and not getattr(view, POST_ONLY, False):
            break
    return path


def _view(path: str) -> Callable[..., Any] | None:
    try:
        return resolve(path).func
    except Resolver404:
        return None
