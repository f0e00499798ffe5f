"""The log of one's own mailbox, as pages and as a file; and what to do when a sign-in was somebody else's."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.exporting import as_csv
from accounts.http import SignedInRequest
from mailboxes.logins.records import kept_since
from mailboxes.models import Mailbox
from mailboxes.owning.boxes import BOXES
from mailboxes.owning.history import KINDS
from mailboxes.owning.owner import of_its_owner
from mailboxes.shelf import Slot

ON_A_PAGE = 50
MOST_PAGES = 1000
FIRST_KIND = "account"


@dataclass(frozen=True)
class Wanted:
    """What somebody has chosen to see; what cannot be meant is as if it were not there."""

    kind: str
    day: date | None
    page: int

    @classmethod
    def by(cls, request: HttpRequest) -> "Wanted":
        kind, page = request.GET.get("kind", ""), request.GET.get("page", "")
        try:
            day = date.fromisoformat(request.GET.get("day", ""))
        except ValueError:
            day = None
        number = int(page) if page.isascii() and page.isdigit() and len(page) < 5 else 1
        return cls(kind if kind in KINDS else FIRST_KIND, day if day in _days() else None, min(max(number, 1), MOST_PAGES))

    def rows(self, mailbox: Mailbox) -> QuerySet[Any] | None:
        """Those of the kind that are kept and of that day; None where nobody tells of them."""
        rows = KINDS[self.kind].rows(mailbox)
        if rows is None:
            return None
        rows = rows.filter(happened_at__gte=kept_since(timezone.now()))
        if self.day:
            midnight = timezone.make_aware(datetime.combine(self.day, time()))
            rows = rows.filter(happened_at__gte=midnight, happened_at__lt=midnight + timedelta(days=1))
        return rows


@require_safe
@of_its_owner
def log(request: SignedInRequest, slot: Slot, mailbox: Mailbox) -> HttpResponse:
    """What happened to this mailbox in the last days, fifty lines a page."""
    wanted = Wanted.by(request)
    rows = wanted.rows(mailbox)
    first = (wanted.page - 1) * ON_A_PAGE
    found = [] if rows is None else list(rows[first : first + ON_A_PAGE + 1])
    page = {
        "slot": slot,
        "mailbox": mailbox,
        "wanted": wanted,
        "kinds": [(name, kind.heading) for name, kind in KINDS.items()],
        "days": _days(),
        "kept_days": settings.LOGIN_RECORD_DAYS,
        "heading": KINDS[wanted.kind].heading,
        "column": KINDS[wanted.kind].column,
        "countries": settings.COUNTRY_DATABASE is not None,
        "told": rows is not None,
        "lines": [KINDS[wanted.kind].line(row) for row in found[:ON_A_PAGE]],
        "older": wanted.page + 1 if len(found) > ON_A_PAGE else None,
        "newer": wanted.page - 1,
    }
    return render(request, "mailboxes/log.html", page)


@require_safe
@of_its_owner
def as_file(request: SignedInRequest, slot: Slot, mailbox: Mailbox) -> HttpResponseBase:
    """The same as a CSV file, all pages of it."""
    wanted = Wanted.by(request)
    rows = wanted.rows(mailbox)
    if rows is None:
        raise Http404("Nobody tells of these")
    heads = [_("When"), str(KINDS[wanted.kind].column), _("From address"), _("Country")]
    lines = map(KINDS[wanted.kind].line, rows.iterator(chunk_size=500))
    cells = (
        [timezone.localtime(line.when).strftime("%Y-%m-%d %H:%M:%S"), line.what, line.address, line.country]
        for line in lines
    )
    name = "-".join([mailbox.local_part, wanted.kind, *([wanted.day.isoformat()] if wanted.day else [])])
    return StreamingHttpResponse(
        as_csv(heads, cells),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


@require_safe
@of_its_owner
def check_up(request: SignedInRequest, slot: Slot, mailbox: Mailbox) -> HttpResponse:
    """For whoever has found a sign-in that was not their own: what to do, the most urgent first."""
    return render(request, "mailboxes/check_up.html", {"slot": slot, "mailbox": mailbox, "boxes": BOXES})


def _days() -> list[date]:
    """Of which something can be on record, here; the newest first."""
    today = timezone.localdate()
    return [today - timedelta(days=ago) for ago in range(settings.LOGIN_RECORD_DAYS + 1)]
