"""Mailboxes in the administration. Whoever may see them sees what became of each; one right decides what becomes of it."""

from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_POST

from accounts import conditions
from accounts.http import SignedInRequest
from accounts.listing import ReadOnlyAdmin, numbered
from accounts.models import AuditEvent
from mailboxes import eligibility, states
from mailboxes.models import Job, Mailbox, ReasonTemplate
from mailboxes.provisioning.life import services
from mailboxes.reviewing import second
from mailboxes.reviewing.life import bulk
from mailboxes.reviewing.life.deeds import DEEDS, needs_new_password, stamp_of, told_who
from mailboxes.reviewing.life.forms import BulkSuspendForm

LIST = "admin:mailboxes_mailbox_changelist"
PAGE = "admin:mailboxes_mailbox_change"
RIGHT = "mailboxes.suspend_mailbox"
INVALID, CONFLICT = 422, 409


class MailboxAdmin(ReadOnlyAdmin):
    """No field is edited: a mailbox changes by the deeds on its page, and by the actions of the list."""

    list_display = ("address", "person", "service", "state", "cause", "created_at", "active_at", "closes_at")
    list_filter = ("state", "cause", "service")
    search_fields = ("local_part", "domain", "person__number", "person__name")
    list_select_related = ("person", "service")
    actions = ("suspend_selected", "lift_selected")

    def has_suspend_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(RIGHT)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.bulk_view))
        return [path("decide/", view, name="mailboxes_mailbox_decide"), *super().get_urls()]

    @admin.action(description=gettext_lazy("Suspend the selected mailboxes …"), permissions=["suspend"])
    def suspend_selected(self, request: HttpRequest, rows: QuerySet[Mailbox]) -> HttpResponse | None:
        return self._plans(request, "suspend", rows)

    @admin.action(description=gettext_lazy("Lift the suspensions of the selected mailboxes …"), permissions=["suspend"])
    def lift_selected(self, request: HttpRequest, rows: QuerySet[Mailbox]) -> HttpResponse | None:
        return self._plans(request, "lift", rows)

    def _plans(self, request: HttpRequest, action: str, rows: QuerySet[Mailbox]) -> HttpResponse | None:
        try:
            found = bulk.chosen(rows)
        except bulk.TooMany as error:
            messages.warning(request, str(error))
            return None
        stamps = {str(row.pk): stamp_of(row) for row in found}
        return self._bulk_page(request, action, found, stamps, BulkSuspendForm())

    def bulk_view(self, request: HttpRequest) -> HttpResponse:
        """What was listed is done now, to whatever stands as it was listed."""
        action = request.POST.get("action", "")
        if not self.has_suspend_permission(request):
            raise PermissionDenied
        if action not in bulk.ACTIONS:
            raise Http404
        stamps = second.stamps_in(request.POST.get("ids", ""))
        try:
            rows = bulk.numbered(stamps)
        except bulk.TooMany as error:
            messages.warning(request, str(error))
            return HttpResponseRedirect(reverse(LIST))
        form = BulkSuspendForm(request.POST)
        if action == "suspend" and not form.is_valid():
            return self._bulk_page(request, action, rows, stamps, form, status=INVALID)
        said = form.cleaned_data if action == "suspend" else {}
        who = cast(SignedInRequest, request).user
        left = bulk.do(action, rows, stamps=stamps, actor=who, now=timezone.now(), **said)
        second.tell(request, chosen=len(rows), left=[(plan.mailbox.address, plan.words) for plan in left])
        return HttpResponseRedirect(reverse(LIST))

    def _bulk_page(
        self,
        request: HttpRequest,
        action: str,
        rows: list[Mailbox],
        stamps: dict[str, str],
        form: BulkSuspendForm,
        *,
        status: int = 200,
    ) -> HttpResponse:
        who = cast(SignedInRequest, request).user
        plans = [bulk.plan(action, row, stamp=stamps.get(str(row.pk), ""), actor=who) for row in rows]
        context = {
            "action": action,
            "plans": plans,
            "able": sum(plan.able for plan in plans),
            "ids": " ".join(f"{number}:{stamp}" for number, stamp in stamps.items()),
            "form": form,
        }
        title = _("Suspend these mailboxes?") if action == "suspend" else _("Lift the suspensions of these mailboxes?")
        return self.page(request, "life/bulk", title, context, status=status)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not (self.has_suspend_permission(request) if request.method == "POST" else self.has_view_permission(request)):
            raise PermissionDenied
        mailbox = _found(object_id)
        return self._decide(request, mailbox) if request.method == "POST" else self._one(request, mailbox)

    def _decide(self, request: HttpRequest, mailbox: Mailbox) -> HttpResponse:
        deed = DEEDS.get(request.POST.get("deed", ""))
        if deed is None or mailbox.person_id == request.user.pk:
            raise PermissionDenied
        if request.POST.get("stamp") != stamp_of(mailbox) or not deed.fits(mailbox):
            return self._too_late(request, mailbox)
        form = deed.form(mailbox, request.POST)
        if not form.is_valid():
            return self._one(request, mailbox, bound={deed.name: form}, status=INVALID)
        try:
            deed.do(mailbox, actor=cast(SignedInRequest, request).user, now=timezone.now(), **form.cleaned_data)
        except states.NotAllowed:
            return self._too_late(request, _found(str(mailbox.pk)))
        messages.success(request, deed.done % {"mailbox": mailbox.address})
        return HttpResponseRedirect(reverse(PAGE, args=[mailbox.pk]))

    def _too_late(self, request: HttpRequest, mailbox: Mailbox) -> HttpResponse:
        messages.warning(request, told_who(mailbox))
        return self._one(request, mailbox, status=CONFLICT)

    def _one(
        self, request: HttpRequest, mailbox: Mailbox, *, bound: dict[str, Any] | None = None, status: int = 200
    ) -> HttpResponse:
        person = mailbox.person
        reason = _template(request, mailbox)
        own = person.pk == request.user.pk
        may = self.has_suspend_permission(request) and not own
        forms = {name: deed.form(mailbox, None, reason) for name, deed in DEEDS.items()} | (bound or {})
        context = {
            "mailbox": mailbox,
            "person": person,
            "condition_words": conditions.in_words(person.condition),
            "entitled": eligibility.is_entitled(mailbox.service, person),
            "is_theft": mailbox.state == Mailbox.State.SUSPENDED and mailbox.hold == Mailbox.Cause.THEFT,
            "needs_password": needs_new_password(mailbox),
            "new_password": services.new_password(mailbox),
            "events": AuditEvent.objects.filter(mailbox=mailbox.address).select_related("actor")[:20],
            "jobs": Job.objects.filter(mailbox=mailbox)[:10],
            "templates": ReasonTemplate.objects.all() if may else (),
            "deeds": [(deed, forms[deed.name]) for deed in DEEDS.values() if may and deed.fits(mailbox)],
            "stamp": stamp_of(mailbox),
            "own": own,
        }
        return self.page(request, "life/mailbox", mailbox.address, context, status=status)


def _found(object_id: str) -> Mailbox:
    mailbox = numbered(Mailbox.objects.select_related("person", "service"), object_id)
    if mailbox is None:
        raise Http404
    return mailbox


def _template(request: HttpRequest, mailbox: Mailbox) -> str:
    """The text of the template that the address names, in the owner's language."""
    number = request.GET.get("template", "")
    chosen = numbered(ReasonTemplate.objects.all(), number)
    with override(mailbox.person.language or "zh-hant"):
        return chosen.text if chosen else ""
