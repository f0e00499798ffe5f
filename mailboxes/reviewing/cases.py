"""The desk in the administration: the queue, one application on one page, and decisions about many at once."""

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_POST

from accounts.http import SignedInRequest
from accounts.listing import ReadOnlyAdmin, numbered
from accounts.models import Consent, Person
from mailboxes import eligibility, states
from mailboxes.models import Mailbox, ReasonTemplate, ReviewCase
from mailboxes.reviewing import bulk, queue, second
from mailboxes.reviewing.decisions import DECISIONS, stamp_of, told_who
from mailboxes.reviewing.forms import BulkRejectForm, QueueForm

LIST = "admin:mailboxes_reviewcase_changelist"
CASE = "admin:mailboxes_reviewcase_change"
INVALID, CONFLICT = 422, 409


class ReviewCaseAdmin(ReadOnlyAdmin):
    """Whoever may see these sees the queue; whoever may change them decides. No field is edited."""

    list_display = ("reference", "person", "service", "mailbox", "state", "queued_at", "warnings")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.bulk_view))
        return [path("decide/", view, name="mailboxes_reviewcase_decide"), *super().get_urls()]

    def may_decide(self, request: HttpRequest) -> bool:
        return request.user.has_perm("mailboxes.change_reviewcase")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = QueueForm(request.GET)
        now = timezone.now()
        rows, following = queue.page(queue.waiting(form.filters()), request.GET.get("after", ""))
        kept = request.GET.copy()
        kept.pop("after", None)
        context = {
            "form": form,
            "rows": [(row, queue.age(row, now=now)) for row in rows],
            "from_start": "after" not in request.GET,
            "filters": kept.urlencode(),
            "following": following,
            "most": bulk.MOST,
            "may_decide": self.may_decide(request),
        }
        return self.page(request, "review/queue", _("Applications to review"), context)

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        rows = queue.waiting(QueueForm(request.GET).filters())
        return self._file(request, rows, request.POST.get("format", ""), selected=False)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request) or (request.method == "POST" and not self.may_decide(request)):
            raise PermissionDenied
        case = self._case(object_id)
        if request.method == "POST":
            return self._decide(request, case)
        return self._case_page(request, case)

    def _decide(self, request: HttpRequest, case: ReviewCase) -> HttpResponse:
        if case.person_id == request.user.pk:
            raise PermissionDenied
        decision = DECISIONS.get(request.POST.get("decision", ""))
        if decision is None:
            return self._case_page(request, case, status=INVALID)
        if request.POST.get("stamp") != stamp_of(case):
            return self._too_late(request, case)
        form = decision.form(case, request.POST)
        if not form.is_valid():
            return self._case_page(request, case, bound={decision.name: form}, status=INVALID)
        try:
            decision.do(case, actor=cast(SignedInRequest, request).user, now=timezone.now(), **form.cleaned_data)
        except states.NotAllowed:
            return self._too_late(request, self._case(str(case.pk)))
        messages.success(request, decision.done % {"application": case.reference})
        return HttpResponseRedirect(reverse(LIST))

    def _too_late(self, request: HttpRequest, case: ReviewCase) -> HttpResponse:
        messages.warning(request, told_who(case))
        return self._case_page(request, case, status=CONFLICT)

    def _case_page(
        self, request: HttpRequest, case: ReviewCase, *, bound: dict[str, Any] | None = None, status: int = 200
    ) -> HttpResponse:
        person = case.person
        waits = case.state in queue.WAITING
        reason = self._reason(request, person)
        forms = {name: each.form(case, None, reason) for name, each in DECISIONS.items()} | (bound or {})
        others = ReviewCase.objects.filter(person=person).exclude(pk=case.pk).select_related("service", "mailbox")
        context = {
            "case": case,
            "person": person,
            "entitled": eligibility.is_entitled(case.service, person),
            "waits": waits,
            "age": queue.age(case, now=timezone.now()),
            "remarks": case.remarks.select_related("author"),
            "earlier": others[:20],
            "boxes": Mailbox.objects.filter(person=person).exclude(pk=case.mailbox_id or 0)[:20],
            "consents": Consent.objects.filter(person=person).select_related("version__policy")[:50],
            "templates": ReasonTemplate.objects.all(),
            "forms": forms,
            "stamp": stamp_of(case),
            "may_decide": waits and self.may_decide(request) and person.pk != request.user.pk,
            "own": person.pk == request.user.pk,
        }
        return self.page(request, "review/case", case.reference, context, status=status)

    def _reason(self, request: HttpRequest, person: Person) -> str:
        """The text of the template that the address names, in the applicant's language."""
        number = request.GET.get("template", "")
        chosen = numbered(ReasonTemplate.objects.all(), number)
        with override(person.language or "zh-hant"):
            return chosen.text if chosen else ""

    def bulk_view(self, request: HttpRequest) -> HttpResponse:
        """First what would happen, with the buttons that do it; then what has happened to those that stood as shown."""
        if not self.may_decide(request):
            raise PermissionDenied
        action = request.POST.get("action", "")
        shown = f"{reverse(LIST)}?{request.GET.urlencode()}" if request.GET else reverse(LIST)
        try:
            rows, more = self._chosen(request)
        except bulk.TooMany as error:
            messages.warning(request, str(error))
            return HttpResponseRedirect(shown)
        if action not in ("approve", "reject") or not rows:
            messages.warning(request, _("Tick at least one application first. Nothing was changed."))
            return HttpResponseRedirect(shown)
        confirmed = "confirmed" in request.POST
        sent = second.stamps_in(request.POST.get("ids", ""))
        stamps = sent if confirmed else {str(row.pk): stamp_of(row) for row in rows}
        who = cast(SignedInRequest, request).user
        form = BulkRejectForm(request.POST if confirmed else None)
        if confirmed and (action == "approve" or form.is_valid()):
            reasons = form.cleaned_data if action == "reject" else {}
            left = bulk.decide(action, rows, stamps=stamps, actor=who, now=timezone.now(), **reasons)
            second.tell(request, chosen=len(rows), left=[(plan.case.reference, plan.words) for plan in left])
            return HttpResponseRedirect(shown)
        title = _("Approve these applications?") if action == "approve" else _("Reject these applications?")
        plans = bulk.plans(action, rows, stamps=stamps, actor=who)
        context = {
            "action": action,
            "filters": request.GET.urlencode(),
            "back": shown,
            "plans": plans[: bulk.LISTED],
            "others": plans[bulk.LISTED :],
            "count": len(plans),
            "more": more,
            "able": sum(plan.able for plan in plans),
            "ids": " ".join(f"{number}:{stamp}" for number, stamp in stamps.items()),
            "form": form,
        }
        return self.page(request, "review/bulk", title, context, status=INVALID if form.errors else 200)

    def _chosen(self, request: HttpRequest) -> tuple[list[ReviewCase], bool]:
        """The applications, and whether the filters show more than go at once."""
        if "all" in request.POST:
            waiting = queue.waiting(QueueForm(request.GET).filters()).prefetch_related("remarks")
            found = list(waiting[: bulk.MOST + 1])
            return found[: bulk.MOST], len(found) > bulk.MOST
        return bulk.chosen([*request.POST.getlist("chosen"), *second.stamps_in(request.POST.get("ids", ""))]), False

    def _case(self, object_id: str) -> ReviewCase:
        case = numbered(ReviewCase.objects.select_related("person", "service", "mailbox"), object_id)
        if case is None:
            raise Http404
        return case
