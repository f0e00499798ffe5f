"""What all our lists in the administration can do: be exported, as the filters show them or the selected rows; and write
down what is changed in them."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, TypeVar, cast

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import label_for_field
from django.core.exceptions import BadRequest, FieldDoesNotExist, PermissionDenied
from django.db.models import Model, QuerySet
from django.forms import SplitDateTimeField
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts import audit
from accounts.addresses import visitor_address
from accounts.auditing import changes
from accounts.exporting import as_csv, as_xlsx
from accounts.http import SignedInRequest

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Row = TypeVar("Row", bound=Model)
ROWS_AT_ONCE = 2000  # of the database


class ListAdmin(admin.ModelAdmin[Any]):
    """A list that exports its own columns, to whoever may see it, unless ``exports`` is False.

    Each look at it or at a row is written down by the site, unless it ``tells_looks`` by its own events.
    """

    exports = True
    tells_looks = False

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """As Django makes it; but both parts of a moment get a name, without which they say nothing to who cannot see."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field, SplitDateTimeField):
            for widget, part in zip(cast(Any, field.widget).widgets, (_("date"), _("time of day")), strict=True):
                widget.attrs["aria-label"] = f"{capfirst(str(field.label))}: {part}"
        return field

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        view = self.admin_site.admin_view(require_POST(self.export_view))
        return [path("export/", view, name=name), *super().get_urls()]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Those of the list itself, and the two exports."""
        ours = (self.get_action("export_csv"), self.get_action("export_xlsx"))
        return super().get_actions(request) | {action[1]: action for action in ours if action}

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any], *more: Any) -> HttpResponse | None:
        """An action that is not theirs is refused; Django would only not do it."""
        if any(name and name not in self.get_actions(request) for name in request.POST.getlist("action")):
            raise PermissionDenied
        return super().response_action(request, queryset, *more)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Of the list and of its export. PostgreSQL keeps a NUL in no text: a filter with one would be an error of ours."""
        asked = [
            *request.POST.getlist("_selected_action"),
            *(text for _name, texts in request.GET.lists() for text in texts),
        ]
        if "\0" in "".join(asked):
            raise BadRequest("A NUL is in no text.")
        return super().get_changelist_instance(request)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Django asks for the right only where the row is there, so that anybody could ask which are."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)

    @admin.action(description=_("Export the selected rows as CSV"))
    def export_csv(self, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponseBase:
        return self._file(request, rows, "csv", selected=True)

    @admin.action(description=_("Export the selected rows for Excel"))
    def export_xlsx(self, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponseBase:
        return self._file(request, rows, "xlsx", selected=True)

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """All that the filters and the search in the address show."""
        if not self.exports or not self.has_view_permission(request):
            raise PermissionDenied
        try:
            shown = self.get_changelist_instance(request).queryset
        except IncorrectLookupParameters as error:
            raise BadRequest("A filter in the address makes no sense.") from error
        return self._file(request, shown, request.POST.get("format", ""), selected=False)

    def _file(self, request: HttpRequest, rows: QuerySet[Any], kind: str, *, selected: bool) -> HttpResponseBase:
        if not self.has_view_permission(request):
            raise PermissionDenied
        if kind not in ("csv", "xlsx"):
            raise BadRequest("No such format.")
        columns = [name for name in self.get_list_display(request) if not changes.is_secret(str(name))]
        headings = [capfirst(str(label_for_field(name, self.model, self))) for name in columns]
        getters = [_getter(self, name) for name in columns]
        self._record(request, rows, kind, selected)
        cells = ([_cell(get(row)) for get in getters] for row in rows.iterator(chunk_size=ROWS_AT_ONCE))
        response: HttpResponseBase
        if kind == "csv":
            response = StreamingHttpResponse(_in_language(as_csv(headings, cells)), content_type=CSV_TYPE)
        else:
            response = FileResponse(as_xlsx(headings, cells), content_type=XLSX_TYPE)
        name = f"{self.opts.model_name}-{timezone.localdate()}.{kind}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def _record(self, request: HttpRequest, rows: QuerySet[Any], kind: str, selected: bool) -> None:
        """Before the first row leaves, so that nobody goes unrecorded by breaking the transfer off."""
        audit.record(
            "list.exported",
            person=None,
            **who(request),
            list=self.opts.label_lower,
            format=kind,
            rows=rows.count(),
            selected=selected,
            filters=request.GET.urlencode(),
        )

    def page(
        self, request: HttpRequest, template: str, title: str, context: dict[str, Any], *, status: int = 200
    ) -> HttpResponse:
        """A page of our own, with what all pages of the administration have; ``list`` is the address of this list."""
        shown = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        around = self.admin_site.each_context(request) | {"opts": self.opts, "title": title, "list": shown}
        return render(request, f"admin/{template}.html", around | context, status=status)

    # Every change in the administration ends in one of these, each in its transaction.

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        form.before = changes.stored(obj) if change else {}
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Comes after ``save_model``, and writes what the row holds several of."""
        super().save_related(request, form, formsets, change)
        changes.record(request, form.instance, form.before, changes.stored(form.instance))

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        changes.record(request, obj, changes.stored(obj), {})
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for row in queryset:
            changes.record(request, row, changes.facts(row), {})
        super().delete_queryset(request, queryset)


def who(request: HttpRequest) -> dict[str, Any]:
    """``actor`` and ``address``: who of the staff does something, and from where."""
    return {"actor": cast(SignedInRequest, request).user, "address": visitor_address(request)}


def numbered(rows: QuerySet[Row], text: str) -> Row | None:
    """The row with that number; None for a number that there is not, and for what is none."""
    return rows.filter(pk=int(text)).first() if is_row_number(text) else None


def is_row_number(text: str) -> bool:
    """Whether it can be the number of a row: of digits, and of so few that the database holds it."""
    return text.isascii() and text.isdigit() and len(text) < 19


class ReadOnlyAdmin(ListAdmin):
    """For rows that change through services only: everything to see and search, nothing to edit."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def _getter(lists: admin.ModelAdmin[Any], name: Any) -> Callable[[Any], Any]:
    """What the list shows in that column of a row: choices in words, the rest as it is."""
    if callable(name):
        return cast(Callable[[Any], Any], name)
    try:
        field: Any = lists.model._meta.get_field(name)
    except FieldDoesNotExist:
        return _own(lists, name)
    words = {value: str(word) for value, word in getattr(field, "flatchoices", None) or ()}
    return (lambda row: words.get(getattr(row, name), getattr(row, name))) if words else (lambda row: getattr(row, name))


def _own(lists: admin.ModelAdmin[Any], name: str) -> Callable[[Any], Any]:
    """A column that is a method of the list, or a method or property of the row."""
    if hasattr(lists, name):
        return cast(Callable[[Any], Any], getattr(lists, name))

    def get(row: Any) -> Any:
        value = getattr(row, name)
        return value() if callable(value) else value

    return get


def _cell(value: Any) -> str | int | float | datetime | None:
    if isinstance(value, datetime):
        return timezone.make_naive(value) if timezone.is_aware(value) else value
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    if value is None or isinstance(value, int | float) or type(value) is str:
        return value
    return strip_tags(value) if isinstance(value, SafeString) else str(value)


def _in_language(parts: Iterator[str]) -> Iterator[str]:
    """In the language of the request, also where rows are read after its end."""
    language = get_language()
    while True:
        with override(language):
            part = next(parts, None)
        if part is None:
            return
        yield part
