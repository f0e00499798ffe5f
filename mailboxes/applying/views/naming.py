"""The step of the name: a list to choose from, or a default and a field for a name of one's own."""

from dataclasses import asdict
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from mailboxes import names
from mailboxes.applying import services
from mailboxes.applying.forms import NameForm, TypedNameForm
from mailboxes.applying.views.wizard import INVALID, closed_door, earlier_step
from mailboxes.models import Remark
from mailboxes.shelf import Slot, slot_or_404

TOO_OFTEN = 429


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choose_name(request: SignedInRequest, service: str) -> HttpResponseBase:
    """The names that can be had, to choose one for good."""
    slot = slot_or_404(request, service)
    if away := closed_door(request, slot) or (request.method != "POST" and earlier_step(slot)):
        return away
    instead = slot.application.offered_names if slot.application else ""
    page = {"slot": slot, "instead": instead, "note": _note(slot), "step": 2}
    try:
        offers = names.to_choose_from(slot.service, slot.person, instead=instead)
    except names.NoUsableName as error:
        return render(request, "mailboxes/no_name.html", page | {"reason": error}, status=INVALID)
    services.take_back_held(slot, now=timezone.now())
    return _listed(request, slot, offers, page) if offers else _typed(request, slot, page)


@never_cache
@require_safe
def check_name(request: SignedInRequest, service: str) -> JsonResponse:
    """Whether the name of the query can be had, while it is typed: a ``Verdict`` as JSON.

    Only for whoever could choose it now, and not as often as one likes, lest it answer who has which name.
    """
    slot = slot_or_404(request, service)
    if slot.service.names != slot.service.Names.TYPED:
        raise Http404(f"The names of {service} are not typed")
    if not slot.may_apply:
        return _no_verdict("not-eligible", _("This service does not take an application from you now."), status=403)
    if earlier_step(slot):
        return _no_verdict("policies", _("Please read the policies of this service first, and agree to them."), status=403)
    if not services.may_look_up(request.user):
        return _no_verdict(
            "too-many", _("That was often. Go on typing: the name is checked again in a minute."), status=TOO_OFTEN
        )
    try:
        return JsonResponse(asdict(names.checked(slot.service, request.user, request.GET.get("name", ""))))
    except names.NoUsableName as error:
        return _no_verdict(error.code, str(error), status=INVALID)


def _no_verdict(code: str, sentence: str, *, status: int) -> JsonResponse:
    return JsonResponse({"codes": [code], "sentences": [sentence], "alternatives": []}, status=status)


def _listed(request: SignedInRequest, slot: Slot, offers: list[names.Offer], page: dict[str, Any]) -> HttpResponse:
    chosen = slot.application.chosen_name if slot.application else ""
    form = NameForm(request.POST if request.method == "POST" else None, offers=offers, chosen=chosen)
    if away := _chosen(slot, form):
        return away
    return render(request, "mailboxes/name.html", page | {"form": form}, status=INVALID if form.is_bound else 200)


def _typed(request: SignedInRequest, slot: Slot, page: dict[str, Any]) -> HttpResponse:
    form = TypedNameForm(request.POST if request.method == "POST" else None, slot=slot)
    if away := _chosen(slot, form):
        return away
    default = names.default(slot.service, slot.person)
    own = request.POST.get("name", slot.application.chosen_name if slot.application else "")
    if not form.is_bound and default and own == default.name:
        own = ""
    verdict = form.verdict if form.is_bound or not own else names.checked(slot.service, slot.person, own)
    page |= {
        "form": form,
        "default": default,
        "domain": slot.service.domain_for(slot.person.entry_year),
        "own": own,
        "verdict": verdict,
        "separators": " ".join(slot.service.separators),
    }
    status = TOO_OFTEN if form.has_error("name", form.TOO_MANY) else INVALID
    return render(request, "mailboxes/typed_name.html", page, status=status if form.is_bound else 200)


def _note(slot: Slot) -> Remark | None:
    """What the office has said last, as on letting an application go on: not everybody can be sent a letter."""
    return slot.application.remarks.exclude(kind=Remark.Kind.ANSWERED).last() if slot.application else None


def _chosen(slot: Slot, form: NameForm | TypedNameForm) -> HttpResponse | None:
    """On to the password, if a name was chosen that can be had; what is wrong is in the form otherwise."""
    if not form.is_bound or not form.is_valid():
        return None
    try:
        services.choose_name(slot, form.cleaned_data["name"], now=timezone.now())
    except ValidationError as error:
        form.add_error(None, error)
        return None
    return redirect("set-password", slot.service.slug)
