"""The services as one person sees them: each with their own mailbox and open application. One query a page."""

from dataclasses import dataclass, replace
from typing import Any, TypeVar

from django.http import Http404, HttpRequest

from accounts import rows
from accounts.models import Person
from mailboxes import eligibility
from mailboxes.models import Application, Mailbox, MailService

TOLD = (Mailbox.State.SUSPENDED, Mailbox.State.LEAVING, Mailbox.State.CLOSED)
Row = TypeVar("Row", Mailbox, Application)


@dataclass(frozen=True)
class Slot:
    """A service on the shelf; ``mailbox`` is the person's one that was not cancelled, ``application`` the open one.

    ``rejected`` is the number of the last application that a reviewer rejected, or empty.
    """

    service: MailService
    mailbox: Mailbox | None
    application: Application | None
    person: Person
    rejected: str = ""

    @property
    def eligible(self) -> bool:
        return self.person.condition in self.conditions or self.by_appeal

    @property
    def by_appeal(self) -> bool:
        """Whether they may apply only so that a reviewer decides."""
        appeals = eligibility.of_category(self.service.open_to_appeal, self.person)
        return self.person.condition in appeals and self.person.condition not in self.conditions

    @property
    def conditions(self) -> list[str]:
        """The conditions that may apply, of the person's own category."""
        return eligibility.of_category(self.service.eligible, self.person)

    @property
    def meant_for_them(self) -> bool:
        """Whether people of their category can have this service at all, or they have it from an earlier time.

        Who comes by a county that sent neither of the titles that make a category is shown what the others there can have.
        """
        return bool(self.conditions) or self.mailbox is not None or (not self.person.category and self._is_for_their_kind)

    @property
    def _is_for_their_kind(self) -> bool:
        kind = self.person.source.partition(":")[0]
        return any(conditions for category, conditions in self.service.eligible.items() if category.startswith(f"{kind}:"))

    @property
    def may_apply(self) -> bool:
        return self.eligible and self.service.is_open and self.mailbox is None


SHELF = rows.select(
    """
    SELECT {service}, box.id AS box_id, box.local_part AS box_local_part, box.domain AS box_domain, box.state AS box_state,
        box.era AS box_era,
        form.id AS form_id, form.reference AS form_reference, form.chosen_name AS form_chosen_name, form.state AS form_state,
        form.offered_names AS form_offered_names,
        (
            SELECT past.reference FROM mailboxes_application AS past
            WHERE past.service_id = service.id AND past.person_id = %s AND past.state = 'rejected'
            ORDER BY past.id DESC LIMIT 1
        ) AS rejected
    FROM mailboxes_mailservice AS service
    LEFT JOIN mailboxes_mailbox AS box
        ON box.service_id = service.id AND box.person_id = %s AND box.state <> 'cancelled'
    LEFT JOIN mailboxes_application AS form
        ON form.service_id = service.id AND form.person_id = %s
        AND form.state IN ('draft', 'held', 'review', 'asked', 'pending')
    ORDER BY service.position, service.slug
    """,
    service=MailService,
)


def of(person: Person) -> list[Slot]:
    """Every service in the order of the menu."""
    return [_slot(service, row, person) for service, row in rows.fetch(MailService, SHELF, [person.pk] * 3)]


def _slot(service: MailService, row: dict[str, Any], person: Person) -> Slot:
    """A row of ``SHELF``, a service and what else is known, as a slot."""
    mailbox = application = None
    if row["box_id"] is not None:
        mailbox = _partly(Mailbox, "box_", row, service, person)
    if row["form_id"] is not None:
        application = _partly(Application, "form_", row, service, person)
        application.mailbox = mailbox
    return Slot(service, mailbox, application, person, row["rejected"] or "")


def _partly(model: type[Row], prefix: str, row: dict[str, Any], service: MailService, person: Person) -> Row:
    """A row of which only the columns of that prefix were asked for; Django asks for any other when it is read."""
    facts = {column.removeprefix(prefix): value for column, value in row.items() if column.startswith(prefix)}
    facts |= {"service_id": service.pk, "person_id": person.pk}
    names = [field.attname for field in model._meta.concrete_fields if field.attname in facts]
    found = model.from_db("default", names, [facts[name] for name in names])
    found.service, found.person = service, person
    return found


def on(request: HttpRequest) -> list[Slot]:
    """The shelf of the signed-in person, asked for once a request; empty for anybody else."""
    if not hasattr(request, "shelf"):
        request.shelf = of(request.user) if isinstance(request.user, Person) else []  # type: ignore[attr-defined]
    slots: list[Slot] = request.shelf  # type: ignore[attr-defined]
    return slots


def whole(slots: list[Slot]) -> list[Slot]:
    """The same, with all that there is to say about mailboxes that are not simply in use; one query where there are some."""
    told = [slot.mailbox.pk for slot in slots if slot.mailbox and slot.mailbox.state in TOLD]
    found = Mailbox.objects.select_related("service", "person").in_bulk(told) if told else {}
    return [replace(slot, mailbox=found.get(slot.mailbox.pk, slot.mailbox)) if slot.mailbox else slot for slot in slots]


def slot_or_404(request: HttpRequest, service: str) -> Slot:
    """The slot of the service with that slug."""
    for slot in on(request):
        if slot.service.slug == service:
            return slot
    raise Http404(f"No service {service}")
