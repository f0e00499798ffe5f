"""The four decisions about one application: each with its form and what does it; and who comes second to decide."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import AuditEvent
from mailboxes.models import ReviewCase
from mailboxes.reviewing import desk
from mailboxes.reviewing.forms import ApproveForm, AskForm, OfferForm, RejectForm
from mailboxes.reviewing.second import was_first


@dataclass(frozen=True)
class Decision:
    """``do`` decides, where the table of states allows it; ``done`` says so afterwards."""

    name: str
    form_class: type[forms.Form]
    do: Callable[..., None]
    done: Promise

    def form(self, case: ReviewCase, data: Any, reason: str = "") -> forms.Form:
        """Unbound for None; ``reason`` is what a chosen template says."""
        more: dict[str, Any] = {"application": case} if self.form_class is OfferForm else {}
        initial = {"reason": reason} if self.name in ("reject", "ask") else {}
        return self.form_class(data, initial=initial, auto_id=f"id_{self.name}_%s", **more)


DECISIONS = {
    each.name: each
    for each in (
        Decision("approve", ApproveForm, desk.approve, gettext_lazy("%(application)s is approved.")),
        Decision("reject", RejectForm, desk.reject, gettext_lazy("%(application)s is rejected.")),
        Decision("ask", AskForm, desk.ask, gettext_lazy("The applicant of %(application)s is asked.")),
        Decision("offer", OfferForm, desk.offer, gettext_lazy("Other names are offered to %(application)s.")),
    )
}


def stamp_of(case: ReviewCase) -> str:
    """Differs as soon as anybody has done anything to the application, also where its state came back to what it was."""
    last = max((remark.pk for remark in case.remarks.all()), default=0)  # as a list of many reads them at once
    return f"{case.state}-{case.submitted_at.timestamp() if case.submitted_at else 0}-{last}"


def told_who(case: ReviewCase) -> str:
    """Who was first: by the events, since not everything that becomes of an application has a remark."""
    of_it = AuditEvent.objects.filter(
        person=case.person_id, verb__startswith="application.", details__application=case.reference
    )
    last = of_it.exclude(verb="application.done").select_related("actor").first()  # done is what the office has decided
    if last is not None and last.actor == case.person:
        return _("The applicant has changed something since you opened this page. This is how it stands now.")
    return was_first(last)
