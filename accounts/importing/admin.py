"""The administration's page of imports: upload, what the check found, the button, and what came of it."""

from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.addresses import visitor_address
from accounts.http import SignedInRequest
from accounts.importing import uploads
from accounts.importing.columns import COLUMNS
from accounts.importing.encodings import MOST_MEGABYTES
from accounts.importing.forms import UploadForm
from accounts.importing.problems import Problem
from accounts.listing import ReadOnlyAdmin
from accounts.models import PeopleImport

LIST = "admin:accounts_peopleimport_changelist"
REPORT = "admin:accounts_peopleimport_change"


@admin.register(PeopleImport)
class PeopleImportAdmin(ReadOnlyAdmin):
    list_display = (
        "uploaded_at", "file_name", "state", "new", "changed", "same", "problem_count", "uploaded_by", "finished_at",
    )  # fmt: skip
    list_filter = ("state",)
    search_fields = ("file_name", "sha256")
    list_select_related = ("uploaded_by",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whoever has this right uploads and imports."""
        return admin.ModelAdmin.has_add_permission(self, request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[PeopleImport]:
        return super().get_queryset(request).defer("content", "problems")

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
        if form.is_valid():
            made = uploads.upload(form.cleaned_data["file"], file_name=form.file_name, **_who(request))
            return HttpResponseRedirect(reverse(REPORT, args=[made.pk]))
        context = {"form": form, "columns": COLUMNS, "most": MOST_MEGABYTES}
        return self.page(request, "people_import/upload", _("Import people"), context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request) or (request.method == "POST" and not self.has_add_permission(request)):
            raise PermissionDenied
        upload = self.get_object(request, object_id)
        if upload is None:
            raise Http404
        if request.method == "POST":
            return self._decide(request, upload)
        problems = [Problem.from_json(kept) for kept in upload.problems]
        context = {
            "upload": upload,
            "problems": problems,
            "untold": upload.problem_count - len(problems),
            "done": min(uploads.lines_done(upload), upload.lines),
            "working": upload.state in uploads.WORK,
            "may_import": self.has_add_permission(request),
        }
        return self.page(request, "people_import/report", upload.file_name, context)

    def _decide(self, request: HttpRequest, upload: PeopleImport) -> HttpResponse:
        if "import" in request.POST:
            decided = uploads.confirm(upload, **_who(request))
        else:
            decided = uploads.drop(upload, now=timezone.now())
        if not decided:
            messages.warning(request, _("This was decided already, perhaps in another window. Here is how it stands now."))
        return HttpResponseRedirect(reverse(REPORT, args=[upload.pk]))


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"person": cast(SignedInRequest, request).user, "address": visitor_address(request) or None}
