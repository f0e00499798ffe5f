"""The administration's list of consents, and the evidence of one person: a page to print, and a file."""

from typing import Any, cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.agreements import evidence
from accounts.http import SignedInRequest
from accounts.listing import ReadOnlyAdmin, who
from accounts.models import Consent, Person

EVIDENCE = "admin:accounts_consent_evidence"


@admin.register(Consent)
class ConsentAdmin(ReadOnlyAdmin):
    list_display = ("given_at", "version", "whose", "address")
    list_filter = ("version",)
    search_fields = ("person__number", "person__name")
    list_select_related = ("person", "version__policy")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(never_cache(require_http_methods(["GET", "POST"])(self.evidence_view)))
        return [path("evidence/<int:person>/", view, name="accounts_consent_evidence"), *super().get_urls()]

    @admin.display(description=gettext_lazy("person: evidence"), ordering="person")
    def whose(self, consent: Consent) -> str:
        return format_html('<a href="{}">{}</a>', reverse(EVIDENCE, args=[consent.person_id]), consent.person)

    def evidence_view(self, request: HttpRequest, person: int) -> HttpResponse:
        """The page; by POST the file."""
        if not request.user.has_perm("accounts.view_consent"):
            raise PermissionDenied
        actor, whose = cast(SignedInRequest, request).user, get_object_or_404(Person, pk=person)
        consents = evidence.of(whose)
        kind = "json" if request.method == "POST" else "page"
        evidence.taken(whose, consents, kind=kind, **who(request))
        now = timezone.now()
        if kind == "json":
            return _file(whose, evidence.as_document(whose, consents, actor=actor, now=now))
        context = {"person": whose, "consents": consents, "now": now}
        title = _("Evidence: what %(person)s agreed to") % {"person": whose}
        return self.page(request, "policies/evidence", title, context)


def _file(person: Person, document: dict[str, Any]) -> JsonResponse:
    response = JsonResponse(document, json_dumps_params={"ensure_ascii": False, "indent": 1})
    name = f"evidence-{person.pk}-{timezone.localdate()}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
