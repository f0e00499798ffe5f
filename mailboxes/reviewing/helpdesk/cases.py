"""The helpdesk in the administration: find one person, see what happened, see why something does not work."""

from collections.abc import Callable
from functools import partial
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import audit, letters
from accounts.http import SignedInRequest
from accounts.listing import ReadOnlyAdmin, numbered, who
from accounts.models import Letter, Person
from accounts.templatetags.display import clock
from mailboxes import states
from mailboxes.models import Application
from mailboxes.reviewing import desk
from mailboxes.reviewing.helpdesk import finding, guard, overview, timeline, why
from mailboxes.reviewing.helpdesk.forms import CallerForm, FindForm, GoOnForm

FIND = "admin:mailboxes_helpdeskcase_changelist"
CASE = "admin:mailboxes_helpdeskcase_change"
WHY = "admin:mailboxes_helpdeskcase_why"
ACTING = ("mailboxes.change_helpdeskcase", "accounts.change_letter")
INVALID, TOO_MANY = 422, 429


class HelpdeskCaseAdmin(ReadOnlyAdmin):
    """Whoever may view these finds people and looks at them, one at a time; whoever may change them acts for a caller.

    No list of all the people, no file of them, and each search and each look is in the audit log.
    """

    exports = False
    tells_looks = True

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_safe(self.why_view))
        return [path("<int:pk>/why/", view, name="mailboxes_helpdeskcase_why"), *super().get_urls()]

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        raise PermissionDenied  # it would show names, by number, to whoever counts

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = FindForm(request.GET if "q" in request.GET else None)
        if not form.is_valid():
            return self.page(request, "helpdesk/find", _("Helpdesk"), {"form": form}, status=INVALID if form.errors else 200)
        words = form.cleaned_data["q"]
        try:
            guard.count("searches", **who(request), now=timezone.now())
        except guard.TooMany as limit:
            return self._stopped(request, limit)
        found = finding.find(words)
        audit.record("helpdesk.searched", person=None, **who(request), words=words, found=len(found.people))
        if len(found.people) == 1 and found.refusal is None:
            return HttpResponseRedirect(reverse(CASE, args=[found.people[0].pk]))
        return self.page(request, "helpdesk/find", _("Helpdesk"), {"form": form, "found": found, "most": finding.MOST})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if request.method == "POST":
            if not any(map(request.user.has_perm, ACTING)):
                raise PermissionDenied
            return self._act(request, self._case(request, object_id))
        return self._looked_at(request, object_id, "helpdesk.looked", self._case_page)

    def why_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._looked_at(request, str(pk), "helpdesk.checked", self._why_page)

    def _looked_at(
        self, request: HttpRequest, object_id: str, verb: str, show: Callable[[HttpRequest, Person], HttpResponse]
    ) -> HttpResponse:
        """Count and write down the look before anything is shown; also one at a number that is nobody's counts."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            guard.count("looks", **who(request), now=timezone.now())
        except guard.TooMany as limit:
            return self._stopped(request, limit)
        case = self._case(request, object_id)
        audit.record(verb, person=case, **who(request))
        return show(request, case)

    def _case_page(self, request: HttpRequest, case: Person, go_on: GoOnForm | None = None) -> HttpResponse:
        wanted = timeline.Wanted.by(request.GET)
        lines, following = timeline.page(case, wanted)
        kept = request.GET.copy()
        kept.pop("before", None)
        context = {
            "case": case,
            "caller": CallerForm(),
            "go_on": go_on or GoOnForm(),
            "lines": lines,
            "following": following,
            "wanted": wanted,
            "filters": kept.urlencode(),
            "kinds": [(name, kind.label) for name, kind in timeline.KINDS.items()],
            "countries": settings.COUNTRY_DATABASE is not None,
            "may_act": self._may_act(request, case),
            "may_resend": request.user.has_perm("accounts.change_letter"),
        }
        return self.page(
            request, "helpdesk/person", str(case), context | overview.of(case), status=INVALID if go_on else 200
        )

    def _why_page(self, request: HttpRequest, case: Person) -> HttpResponse:
        now = timezone.now()
        title = _("Why can this person not sign in or read mail?")
        return self.page(request, "helpdesk/why", title, {"case": case, "groups": why.checked(case, now=now), "now": now})

    # --- what the helpdesk may do ------------------------------------------------------------------------------------

    def _may_act(self, request: HttpRequest, case: Person) -> bool:
        """Nobody acts for themselves."""
        return request.user.has_perm("mailboxes.change_helpdeskcase") and case.pk != request.user.pk

    def _act(self, request: HttpRequest, case: Person) -> HttpResponse:
        acts = {"caller": self._check_caller, "resend": self._resend, "go-on": self._let_go_on}
        act = acts.get(request.POST.get("act", ""))
        if act is None:
            raise Http404
        return act(request, case) or HttpResponseRedirect(reverse(CASE, args=[case.pk]))

    def _check_caller(self, request: HttpRequest, case: Person) -> HttpResponse | None:
        if not self._may_act(request, case):
            raise PermissionDenied
        typed = request.POST.get("code", "")[:20]
        try:
            right = guard.is_caller(case, typed, **who(request), now=timezone.now())
        except guard.TooMany as limit:
            text = _("Too many wrong codes for this person. No code is taken until %(until)s; do not trust the caller.")
            messages.error(request, text % {"until": clock(limit.until)})
            return None
        if right:
            messages.success(request, _("The code is right: the caller is signed in to the portal as this person."))
        else:
            messages.error(request, _("The code is wrong. Ask for a new one; codes change every three minutes."))
        return None

    def _resend(self, request: HttpRequest, case: Person) -> HttpResponse | None:
        if not request.user.has_perm("accounts.change_letter"):
            raise PermissionDenied
        number = request.POST.get("letter", "")
        letter = numbered(Letter.objects.select_related("person").filter(person=case), number)
        if letter is None:
            raise Http404
        try:
            letters.send_again(letter, actor=cast(SignedInRequest, request).user)
        except letters.NotAgain as refused:
            messages.warning(request, refused.sentence)
        else:
            messages.success(request, _("The letter is sent again."))
        return None

    def _let_go_on(self, request: HttpRequest, case: Person) -> HttpResponse | None:
        if not self._may_act(request, case):
            raise PermissionDenied
        reference = request.POST.get("application", "").replace("\0", "")  # which PostgreSQL would not look for
        rows = Application.objects.select_related("person", "service", "mailbox")
        if (held := rows.filter(person=case, reference=reference).first()) is None:
            raise Http404
        form = GoOnForm(request.POST)
        if not form.is_valid() and held.state == Application.State.HELD:
            # The page with its complaint shows the person as any other look does.
            return self._looked_at(request, str(case.pk), "helpdesk.looked", partial(self._case_page, go_on=form))
        try:
            reason = form.cleaned_data.get("reason", "")
            desk.let_go_on(held, actor=cast(SignedInRequest, request).user, now=timezone.now(), reason=reason)
        except states.NotAllowed:
            messages.warning(request, _("The application no longer waits for the helpdesk. Nothing was changed."))
        else:
            messages.success(request, _("The applicant can go on with %(application)s.") % {"application": held})
        return None

    # --- pages -------------------------------------------------------------------------------------------------------

    def _case(self, request: HttpRequest, object_id: str) -> Person:
        if not self.has_view_permission(request):
            raise PermissionDenied
        case = numbered(Person.objects.all(), object_id)
        if case is None:
            raise Http404
        return case

    def _stopped(self, request: HttpRequest, limit: guard.TooMany) -> HttpResponse:
        return self.page(
            request, "helpdesk/stopped", _("Too many people in this hour"), {"until": limit.until}, status=TOO_MANY
        )
