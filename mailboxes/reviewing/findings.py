"""The list of what the portal and the mail servers see differently, and the page that repairs what is ticked."""

from collections.abc import Iterator
from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from accounts.http import SignedInRequest
from accounts.listing import ReadOnlyAdmin, is_row_number
from mailboxes.models import Finding, Reconciliation
from mailboxes.reviewing import findingwords, repairs

LIST = "admin:mailboxes_finding_changelist"


class OpenFilter(admin.SimpleListFilter):
    """Open ones unless something else is asked for."""

    title = pgettext_lazy("finding", "state")
    parameter_name = "is"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, Any]]:
        return [("gone", pgettext_lazy("finding", "Gone")), ("any", pgettext_lazy("finding", "Open or gone"))]

    def choices(self, changelist: Any) -> Iterator[Any]:
        for value, title in [(None, pgettext_lazy("finding", "Open")), *self.lookup_choices]:
            query = changelist.get_query_string({self.parameter_name: value} if value else {}, [self.parameter_name])
            yield {"selected": self.value() == value, "query_string": query, "display": title}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Finding]) -> QuerySet[Finding]:
        if self.value() == "any":
            return queryset
        return queryset.filter(resolved_at__isnull=self.value() != "gone")


class FindingAdmin(ReadOnlyAdmin):
    """Whoever may see these sees the list; whoever may change them repairs. No field is edited."""

    list_display = ("address", "kind", "portal", "server", "first_seen", "last_seen", "repair_asked_at")
    list_filter = (OpenFilter, "kind", "service")
    search_fields = ("address",)
    fields = ("address", "service", "kind", "portal", "server", "first_seen", "last_seen", "repair_asked_at", "resolved_at")
    readonly_fields = ("portal", "server")
    list_select_related = ("service",)
    change_list_template = "admin/findings/list.html"
    change_form_template = "admin/findings/finding.html"
    actions = ("repair_chosen",)

    @admin.display(description=gettext_lazy("the portal says"))
    def portal(self, finding: Finding) -> str:
        return findingwords.portal(finding)

    @admin.display(description=gettext_lazy("the mail server says"))
    def server(self, finding: Finding) -> str:
        return findingwords.server(finding)

    def has_repair_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("mailboxes.change_finding")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.repair_view))
        return [path("repair/", view, name="mailboxes_finding_repair"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        runs = Reconciliation.objects.filter(finished_at__isnull=False).select_related("service")
        last = {"last": runs.first(), "last_complete": runs.filter(complete=True, service=None).first()}
        return super().changelist_view(request, last | (extra_context or {}))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"may_repair": self.has_repair_permission(request)} | (extra_context or {})
        return super().change_view(request, object_id, form_url, context)

    @admin.action(description=gettext_lazy("Repair …"), permissions=["repair"])
    def repair_chosen(self, request: HttpRequest, chosen: QuerySet[Finding]) -> HttpResponse:
        return self._plans(request, list(self._rows(chosen)[: repairs.MOST]))

    def repair_view(self, request: HttpRequest) -> HttpResponse:
        """First what would happen, with the button that does it; then what has happened."""
        if not self.has_repair_permission(request):
            raise PermissionDenied
        numbers = [int(word) for word in request.POST.get("ids", "").split()[: repairs.MOST] if is_row_number(word)]
        chosen = list(self._rows(Finding.objects.filter(pk__in=numbers)))
        if "confirmed" not in request.POST or not chosen:
            return self._plans(request, chosen)
        told = repairs.repair(chosen, actor=cast(SignedInRequest, request).user, now=timezone.now())
        text = _("Repairs asked for: %(done)s. Left as they are: %(left)s. The next run of the reconciliation looks again.")
        messages.success(request, text % told)
        return HttpResponseRedirect(reverse(LIST))

    def _rows(self, chosen: QuerySet[Finding]) -> QuerySet[Finding]:
        return chosen.select_related("service", "mailbox__person", "mailbox__service").order_by("pk")

    def _plans(self, request: HttpRequest, chosen: list[Finding]) -> HttpResponse:
        plans = repairs.plans(chosen, now=timezone.now())
        context = {
            "plans": [(plan, findingwords.portal(plan.finding), findingwords.server(plan.finding)) for plan in plans],
            "able": sum(plan.able for plan in plans),
            "ids": " ".join(str(finding.pk) for finding in chosen),
        }
        return self.page(request, "findings/repair", _("Repair these differences?"), context)
