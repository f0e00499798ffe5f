from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.exporting import as_csv
from accounts.listing import CSV_TYPE, ReadOnlyAdmin, who
from mailboxes.models import MailService
from mailboxes.reviewing.figures import amounts, courses, kept, words
from mailboxes.reviewing.figures.counting import Counts
from mailboxes.reviewing.figures.forms import PRESETS, SpanForm
from mailboxes.reviewing.figures.span import Span
from mailboxes.reviewing.figures.tables import Bars, Table

INVALID = 422


class FigureAdmin(ReadOnlyAdmin):
    """One page, and each of its tables as a file. No application can be seen here, in a list or alone."""

    exports = False

    def get_urls(self) -> list[URLPattern]:
        pages = (
            ("", "changelist", require_safe(self.changelist_view)),
            ("export/", "export", require_POST(self.export_view)),
        )
        return [
            path(place, self.admin_site.admin_view(view), name=f"mailboxes_figure_{name}") for place, name, view in pages
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        form, context = self._asked(request), {}
        if form.is_valid():
            context = _pictures(form.span, kept.counts(form.span, now=timezone.now()))
            context |= {"preset": form.preset, "dates": words.days(form.span.first, form.span.last)}
        context |= {"form": form.filled, "errors": form.errors, "presets": PRESETS}
        return self.page(request, "figures/page", _("Pictures"), context, status=200 if form.is_valid() else INVALID)

    def export_view(self, request: HttpRequest) -> HttpResponse:
        form = self._asked(request)
        if not form.is_valid():
            raise BadRequest("The range of days makes no sense.")
        name = request.POST.get("table", "")
        table = {each.name: each for each in _tables(_pictures(form.span, kept.counts(form.span, now=timezone.now())))}.get(
            name
        )
        if table is None:
            raise BadRequest("No such table.")
        headings, *rows = table.lines()
        audit.record(
            "list.exported",
            person=None,
            **who(request),
            list=f"{self.opts.label_lower}.{name}",
            format="csv",
            rows=len(rows),
            filters=request.GET.urlencode(),
        )
        response = HttpResponse("".join(as_csv([str(heading) for heading in headings], rows)), content_type=CSV_TYPE)
        filename = f"{name}-{form.span.first}-{form.span.last}.csv"
        response["Content-Disposition"] = f'attachment; filename="{filename}"'
        return response

    def _asked(self, request: HttpRequest) -> SpanForm:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return SpanForm(request.GET, today=timezone.localdate())


def _pictures(span: Span, counts: Counts) -> dict[str, Any]:
    services = list(MailService.objects.all())
    return {
        "span": span,
        "counts": counts,
        "by_step": courses.per_step(span),
        "partial": any(not step.whole for step in span.steps),
        "received": courses.received(span, counts, services),
        "received_table": courses.received_table(span, counts, services),
        "opened": courses.opened(span, counts, services),
        "opened_table": courses.opened_table(counts, services),
        "opened_by_step_table": courses.opened_by_step_table(span, counts),
        "reviewed_table": courses.reviewed_table(counts, services),
        "waiting": amounts.waiting(counts),
        "failures": amounts.failures(counts, services),
        "strength": amounts.strength(counts, services),
        "boxes": amounts.boxes(counts, services),
    }


def _tables(pictures: dict[str, Any]) -> list[Table | Bars]:
    return [each for each in pictures.values() if isinstance(each, Table | Bars)]
