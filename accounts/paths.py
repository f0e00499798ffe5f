"""Where a person may be sent after signing in: to a page of this site, and to nothing else."""

from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme

LONGEST = 500
NEVER = ("/admin/", "/sso/", "/staff/", "/language/", "/log-out/", "/counties/")


def own_path(path: str) -> str | None:
    """The path where it is one of this site's pages for people; None for another origin, a trick, or an unknown page."""
    if not path.startswith("/") or len(path) > LONGEST or not path.isascii() or not path.isprintable():
        return None
    if not url_has_allowed_host_and_scheme(path, allowed_hosts=None) or path.startswith(NEVER):
        return None
    try:
        resolve(urlsplit(path).path)
    except Resolver404:
        return None
    return path
