"""What the portal's own rows say of why somebody cannot sign in, or has no mailbox yet."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts import conditions, policies, refusals
from accounts.models import AuditEvent, Person
from accounts.templatetags.display import moment
from mailboxes.models import Application
from mailboxes.reviewing.helpdesk.answers import Answer
from mailboxes.shelf import Slot

REFUSED_WITHIN = timedelta(days=7)
MOST_REFUSALS = 3


def account(person: Person) -> list[Answer]:
    """Whether the portal lets them in at all."""
    if not person.is_active:
        return [
            Answer(
                "red",
                _("The account in this portal is closed: nobody can sign in with it."),
                _("Only an administrator opens it again. Do not promise anything; ask the office first."),
            )
        ]
    if person.last_login is None:
        return [
            Answer(
                "amber",
                _("The account is open, but nobody has signed in to the portal with it yet."),
                _("Have the caller come in by the link of the campus information system, or by their county."),
            )
        ]
    last = {"when": moment(person.last_login)}
    return [Answer("good", _("The account is open. Last sign-in to the portal: %(when)s.") % last)]


def refused(person: Person, *, now: datetime) -> list[Answer]:
    """The last sign-ins of theirs that a door refused."""
    recent = AuditEvent.objects.filter(
        person=person, verb__in=("handoff.refused", "county.refused"), happened_at__gt=now - REFUSED_WITHIN
    ).order_by("-happened_at", "-pk")[:MOST_REFUSALS]
    if found := [_refused(event) for event in recent]:
        return found
    return [
        Answer(
            "good",
            _("No sign-in that was surely theirs was refused in the last 7 days."),
            _("If the caller saw a page with a reference (H-…), search for it: a damaged link says nothing of a person."),
        )
    ]


def _refused(event: AuditEvent) -> Answer:
    reference = event.details.get("reference", "")
    kept = refusals.find(reference)
    facts = {"when": moment(event.happened_at), "why": kept.heading if kept else event.verb, "reference": reference}
    return Answer(
        "amber",
        _("Refused on %(when)s: %(why)s (reference %(reference)s).") % facts,
        _("Have the caller go back and press the link anew. If that fails too, hand its new reference to the operators."),
    )


def right(slot: Slot) -> list[Answer]:
    """Their condition against the rule of the service."""
    person = slot.person
    words = conditions.in_words(person.condition)
    condition = f"{person.condition} ({words})" if words else person.condition or "–"
    if not slot.eligible:
        return [
            Answer(
                "amber" if slot.mailbox else "red",
                _("With the condition %(condition)s they cannot apply for this service.") % {"condition": condition},
                _("Only the %(office)s can change a condition; send the caller there.") % {"office": _office(person)},
            )
        ]
    if slot.by_appeal:
        text = _("With the condition %(condition)s they can apply, and a reviewer decides.") % {"condition": condition}
        return [Answer("amber", text)]
    if not slot.service.is_open and slot.mailbox is None:
        return [
            Answer(
                "red",
                _("The service takes no applications at present."),
                _("Tell the caller that it is closed for everybody."),
            )
        ]
    text = _("With the condition %(condition)s they can have this service.") % {"condition": condition}
    return [Answer("good", text)]


def _office(person: Person) -> str:
    if person.source.startswith("county:"):
        return pgettext("helpdesk", "school")
    return str(conditions.office_for(person.category))


def agreed(slot: Slot, *, now: datetime) -> list[Answer]:
    """The policies that they have not agreed to in the version in force."""
    steps = policies.steps(slot.person, slot.service.policies, now=now)
    missing = [str(step.version.policy.title) for step in steps if not step.agreed]
    if not missing:
        return [Answer("good", _("Every policy of the service is agreed to."))]
    return [
        Answer(
            "amber",
            _("Not agreed to yet: %(policies)s.") % {"policies": _(", ").join(missing)},
            _("The portal shows it to the caller at the next application; they read it and agree there."),
        )
    ]


def application(slot: Slot) -> list[Answer]:
    """The open application and whom it waits for."""
    found = slot.application
    if found is not None:
        return [_open(found)]
    if slot.mailbox is not None:
        return [Answer("good", _("No application is open: the mailbox is there."))]
    if slot.rejected:
        return [
            Answer(
                "amber",
                _("The last application, %(application)s, was rejected.") % {"application": slot.rejected},
                _("The reason is in the timeline and on the page of the caller’s application. They may apply again."),
            )
        ]
    return [Answer("amber", _("They have not applied for this service."), _("The caller applies on the portal."))]


def _open(found: Application) -> Answer:
    facts = {"application": found.reference, "hours": found.service.reviewed_hours}
    since = {"when": moment(found.queued_at or found.submitted_at or found.created_at)}
    sentence, step = {
        "draft": (
            _("%(application)s is begun and not handed in: it waits for the caller, since %(when)s."),
            _("The caller signs in to the portal and goes on with it."),
        ),
        "held": (
            _("%(application)s waits for the helpdesk since %(when)s: no account name could be made."),
            _("See whether the campus sends a passport name. Then let the application go on, on the page of this person."),
        ),
        "review": (
            _("%(application)s waits for a reviewer since %(when)s."),
            _("Reviewers decide within %(hours)s hours; the caller gets a letter. There is nothing that they have to do."),
        ),
        "asked": (
            _("%(application)s waits for the caller’s answer to a reviewer."),
            _("The caller answers on the page of the application in the portal."),
        ),
        "pending": (
            _("%(application)s was received on %(when)s, and the mailbox is being opened."),
            _("What keeps it is told below, at the mail server."),
        ),
    }[found.state]
    return Answer("amber", sentence % (facts | since), step % facts)
