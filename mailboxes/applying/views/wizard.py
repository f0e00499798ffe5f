"""The steps of an application, in their order: policies, name, password. Each can be left and found again."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts import conditions, policies
from accounts.addresses import visitor_address
from accounts.counties.claims import STUDENT, TEACHER
from accounts.http import SignedInRequest, require_POST
from accounts.models import Person, PolicyVersion
from mailboxes import names, states
from mailboxes.applying import services
from mailboxes.applying.forms import ApplicationPasswordForm
from mailboxes.models import Application
from mailboxes.shelf import Slot, slot_or_404

INVALID = 422  # Unprocessable Content, RFC 9110: understood, and refused with the reasons on the page
CONFLICT = 409
TITLES = {Person.Category.STAFF: TEACHER, Person.Category.STUDENT: STUDENT}  # what a county calls them


@never_cache
@require_safe
def apply(request: SignedInRequest, service: str) -> HttpResponseBase:
    """The step that this person is at."""
    slot = slot_or_404(request, service)
    return closed_door(request, slot) or redirect(_place(slot, _policy_steps(slot)))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def policy(request: SignedInRequest, service: str, policy: str) -> HttpResponseBase:
    """One policy to read, and to agree to or not."""
    slot = slot_or_404(request, service)
    if closed := closed_door(request, slot):
        return closed
    steps = policies.steps(slot.person, slot.service.policies, now=timezone.now(), reading=policy)
    at = next((place for place, step in enumerate(steps) if step.version.policy.slug == policy), None)
    if at is None or any(not step.agreed for step in steps[:at]):
        return redirect(_place(slot, steps))
    version = steps[at].version
    changed = request.method == "POST" and request.POST.get("version") != version.label
    if request.method == "POST" and not changed:
        return _decide(request, slot, version, steps[at + 1 :])
    page = {"slot": slot, "version": version, "number": at + 1, "count": len(steps), "changed": changed, "step": 1}
    page["anew"] = steps[at].before and not steps[at].agreed
    return render(request, "mailboxes/policy.html", page, status=CONFLICT if changed else 200)


def _decide(request: SignedInRequest, slot: Slot, version: PolicyVersion, later: list[policies.Step]) -> HttpResponse:
    if request.POST.get("decision") == "agree":
        policies.agree(request.user, version, address=visitor_address(request), now=timezone.now())
        return redirect(_place(slot, later))
    policies.decline(request.user, version, address=visitor_address(request))
    return render(request, "mailboxes/declined.html", {"slot": slot, "version": version})


@sensitive_post_parameters("password", "password_again")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def set_password(request: SignedInRequest, service: str) -> HttpResponseBase:
    """The password, and Apply."""
    slot = slot_or_404(request, service)
    if away := closed_door(request, slot) or (request.method != "POST" and earlier_step(slot)):
        return away
    if slot.application is None or not slot.application.chosen_name:
        return redirect("apply", service)
    if slot.application.state == Application.State.HELD:
        return redirect(slot.application)
    try:
        return _password(request, slot, slot.application.chosen_name)
    except names.NoUsableName:  # the campus has sent other facts since the name was chosen: its step says what is missing
        services.forget_name(slot)
        return redirect("choose-name", service)


def _password(request: SignedInRequest, slot: Slot, name: str) -> HttpResponseBase:
    address = f"{name}@{names.domain_of(slot.service, request.user.entry_year)}"
    form = ApplicationPasswordForm(request.POST if request.method == "POST" else None, slot=slot, address=address)
    status = 200
    if form.is_bound:
        status = INVALID
        if form.is_valid():
            try:
                told: dict[str, Any] = {"address": visitor_address(request), "score": form.score}
                return redirect(services.submit(slot, **form.cleaned_data, **told, now=timezone.now()))
            except (services.AlreadyApplied, services.PoliciesChanged):
                return redirect("apply", slot.service.slug)
            except ValidationError as error:
                form.add_error(None, error)
                status = CONFLICT
    return render(request, "mailboxes/password.html", {"slot": slot, "form": form, "step": 3}, status=status)


@never_cache
@require_POST
def hold(request: SignedInRequest, service: str) -> HttpResponseBase:
    """Where no name can be made: leave the application with the helpdesk. Where one can, there is one to choose."""
    slot = slot_or_404(request, service)
    if away := closed_door(request, slot) or earlier_step(slot):
        return away
    held = services.hold(slot, now=timezone.now())
    return redirect(held) if held else redirect("choose-name", service)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: SignedInRequest, service: str) -> HttpResponseBase:
    """Ask once, then end the application."""
    slot = slot_or_404(request, service)
    application = slot.application
    too_late = slot.mailbox is not None and application is None
    if request.method == "POST" and application is not None:
        try:
            services.cancel(application, now=timezone.now())
        except states.NotAllowed:
            too_late = True
        else:
            return redirect(application)
    elif application is None and not too_late:
        return redirect("home")
    page = {"slot": slot, "application": application, "too_late": too_late}
    return render(request, "mailboxes/cancel.html", page, status=CONFLICT if too_late else 200)


def closed_door(request: SignedInRequest, slot: Slot) -> HttpResponseBase | None:
    """Why this person cannot be in the wizard at all; None if they can."""
    if slot.mailbox is not None:
        return redirect(slot.application if slot.application else slot.mailbox)
    page: dict[str, Any] = {"slot": slot}
    if not slot.eligible:
        return not_eligible(request, slot)
    if not slot.service.is_open:
        return render(request, "mailboxes/closed.html", page, status=403)
    return None


def not_eligible(request: SignedInRequest, slot: Slot) -> HttpResponse:
    """What is on record of them, what it would take, and who can change it: the campus's offices, or their school."""
    page: dict[str, Any] = {"slot": slot}
    if request.user.source.startswith("county:"):
        page["needed"] = [title for category, title in TITLES.items() if slot.service.eligible.get(f"county:{category}")]
        return render(request, "mailboxes/not_eligible_county.html", page, status=403)
    page["condition_words"] = conditions.in_words(request.user.condition)
    page["needed"] = [(word, conditions.in_words(word)) for word in slot.conditions]
    page["deciding_office"] = conditions.office_for(request.user.category)
    return render(request, "mailboxes/not_eligible.html", page, status=403)


def earlier_step(slot: Slot) -> HttpResponse | None:
    """Back to the first policy that is not agreed to; None if all are."""
    steps = _policy_steps(slot)
    return None if all(step.agreed for step in steps) else redirect(_place(slot, steps))


def _policy_steps(slot: Slot) -> list[policies.Step]:
    return policies.steps(slot.person, slot.service.policies, now=timezone.now())


def _place(slot: Slot, steps: list[policies.Step]) -> str:
    """The address of the first step that is not done yet; ``steps`` are the policies that may be left."""
    slug = slot.service.slug
    for step in steps:
        if not step.agreed:
            return reverse("policy", args=[slug, step.version.policy.slug])
    if slot.application and slot.application.state == Application.State.HELD:
        return slot.application.get_absolute_url()
    if slot.application and slot.application.chosen_name:
        return reverse("set-password", args=[slug])
    return reverse("choose-name", args=[slug])
