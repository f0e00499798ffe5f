"""Who of the staff looked at what: each page of a list, and each page about one of its rows, is an event."""

from collections.abc import Callable
from functools import wraps
from inspect import unwrap
from typing import Any
from urllib.parse import unquote_plus

from django.contrib.admin.utils import unquote
from django.db.models import Model
from django.http import HttpRequest, HttpResponse

from accounts import audit
from accounts.listing import ListAdmin, who
from accounts.models import Person

LONGEST = 1000  # characters of what was asked for
TO_THE_PERSON = ("person", "user", "mailbox", "application")  # fields that lead from a row to whom it is about

View = Callable[..., HttpResponse]


def recorded(view: View) -> View:
    """The page of a list's ``ModelAdmin`` that writes ``staff.looked`` before it shows anything; any other as it is.

    A page that was refused, redirected or sent by POST shows nothing new: what it did is an event of its own.
    """
    rows = getattr(unwrap(view, stop=lambda part: hasattr(part, "__self__")), "__self__", None)
    if not isinstance(rows, ListAdmin) or rows.tells_looks or view.__name__ == "add_view":
        return view

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if request.method in ("GET", "HEAD") and response.status_code == 200:
            _record(request, rows, kwargs.get("object_id", kwargs.get("pk")))
        return response

    return page


def _record(request: HttpRequest, rows: ListAdmin, key: Any) -> None:
    row = None if key is None else rows.get_object(request, unquote(str(key)))
    audit.record(
        "staff.looked",
        person=_whose(row),
        **who(request),
        thing=rows.opts.label_lower,
        id="" if row is None else str(row.pk),
        page=request.path,
        asked=unquote_plus(request.GET.urlencode()).replace("\0", "")[:LONGEST],
    )


def _whose(row: Model | None) -> Person | None:
    if row is None or isinstance(row, Person):
        return row
    return next((_whose(getattr(row, name)) for name in TO_THE_PERSON if getattr(row, name, None)), None)
