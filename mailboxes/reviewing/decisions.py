"""The four decisions about one application: each with its form and what does it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mailboxes.models import ReviewCase
from mailboxes.reviewing import desk
from mailboxes.reviewing.forms import ApproveForm, AskForm, OfferForm, RejectForm


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
        Decision("approve", ApproveForm, desk.approve, _("%(application)s is approved.")),
        Decision("reject", RejectForm, desk.reject, _("%(application)s is rejected.")),
        Decision("ask", AskForm, desk.ask, _("The applicant of %(application)s is asked.")),
        Decision("offer", OfferForm, desk.offer, _("Other names are offered to %(application)s.")),
    )
}


def stamp_of(case: ReviewCase) -> str:
    """Differs as soon as anybody has done anything to the application, also where its state came back to what it was."""
    last = desk.last_word(case)
    return f"{case.state}-{case.submitted_at.timestamp() if case.submitted_at else 0}-{last.pk if last else 0}"
