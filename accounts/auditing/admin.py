"""The auditor's pages of the administration: the list of events, one event, and how long events are kept."""

import json
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.auditing import chain, finding
from accounts.auditing.forms import EventForm
from accounts.listing import ListAdmin, ReadOnlyAdmin, numbered
from accounts.models import AuditEvent, AuditLink, Retention

LIST = "admin:accounts_auditevent_changelist"


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    list_display = ("happened_at", "verb", "person", "mailbox", "actor", "address", "said", "pk")

    @admin.display(description=_("details"))
    def said(self, event: AuditEvent) -> str:
        return chain.canonical(event.details).decode()

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = EventForm(request.GET)
        rows, following = finding.page(finding.events(form.filters()), request.GET.get("before", ""))
        kept = request.GET.copy()
        kept.pop("before", None)
        context = {
            "form": form,
            "rows": rows,
            "from_start": "before" not in request.GET,
            "filters": kept.urlencode(),
            "following": following,
        }
        return self.page(request, "audit/events", capfirst(str(self.opts.verbose_name_plural)), context)

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        rows = finding.events(EventForm(request.GET).filters())
        return self._file(request, rows, request.POST.get("format", ""), selected=False)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request) or request.method == "POST":
            raise PermissionDenied
        event = numbered(AuditEvent.objects.select_related("person", "actor"), object_id)
        if event is None:
            raise Http404
        context = {"event": event, "link": AuditLink.objects.filter(event=event.pk).first(), **_parts(event)}
        if link := context["link"]:
            row = AuditEvent.objects.values_list(*chain.COLUMNS).get(pk=event.pk)
            context |= {"as_sealed": chain.digest(row) == bytes(link.digest), "digest": bytes(link.digest).hex()}
        return self.page(request, "audit/event", event.verb, context)


@admin.register(Retention)
class RetentionAdmin(ListAdmin):
    list_display = ("verb", "days")
    search_fields = ("verb",)


def _parts(event: AuditEvent) -> dict[str, Any]:
    """What changed as rows of field, before and after; and the other details."""
    rest = dict(event.details)
    before, after = rest.pop("before", None), rest.pop("after", None)
    if not isinstance(before, dict) or not isinstance(after, dict):
        return {"changed": [], "others": [(name, _text(value)) for name, value in event.details.items()]}
    fields = [(name, _text(before.get(name)), _text(after.get(name))) for name in sorted(before | after)]
    return {"changed": fields, "others": [(name, _text(value)) for name, value in rest.items()]}


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False)
