"""The services as one person sees them: each with their own mailbox and open application. One query a page."""

from dataclasses import dataclass
from typing import Any, TypeVar

from django.http import Http404, HttpRequest

from accounts.models import Person
from mailboxes.models import Application, Mailbox, MailService

Row = TypeVar("Row", Mailbox, Application)


@dataclass(frozen=True)
class Slot:
    """A service on the shelf; ``mailbox`` is the person's one that was not cancelled, ``application`` the open one."""

    service: MailService
    mailbox: Mailbox | None
    application: Application | None
    person: Person

    @property
    def eligible(self) -> bool:
        return self.person.condition in self.conditions

    @property
    def conditions(self) -> list[str]:
        """The conditions that may apply, of the person's own category."""
        conditions: list[str] = self.service.eligible.get(self.person.category, [])
        return conditions

    @property
    def meant_for_them(self) -> bool:
        """Whether people of their category can have this service at all, or they have it from an earlier time."""
        return bool(self.conditions) or self.mailbox is not None

    @property
    def may_apply(self) -> bool:
        return self.eligible and self.service.is_open and self.mailbox is None


# Every page asks this: building it anew from querysets with filtered joins takes a third of a page's time.
SHELF = """
SELECT service.*, box.id AS box_id, box.local_part AS box_local_part, box.domain AS box_domain, box.state AS box_state,
    form.id AS form_id, form.reference AS form_reference, form.chosen_name AS form_chosen_name, form.state AS form_state
FROM mailboxes_mailservice AS service
LEFT JOIN mailboxes_mailbox AS box
    ON box.service_id = service.id AND box.person_id = %s AND box.state <> 'cancelled'
LEFT JOIN mailboxes_application AS form
    ON form.service_id = service.id AND form.person_id = %s AND form.state IN ('draft', 'held', 'pending')
ORDER BY service.position, service.slug
"""


def of(person: Person) -> list[Slot]:
    """Every service in the order of the menu."""
    return [_slot(row, person) for row in MailService.objects.raw(SHELF, [person.pk, person.pk])]


def _slot(row: Any, person: Person) -> Slot:
    """A row of ``SHELF``, a service with more columns, as a slot."""
    mailbox = application = None
    mine = {"service_id": row.pk, "person_id": person.pk}
    if row.box_id is not None:
        facts = {"id": row.box_id, "local_part": row.box_local_part, "domain": row.box_domain, "state": row.box_state}
        mailbox = _partly(Mailbox, facts | mine)
        mailbox.service, mailbox.person = row, person
    if row.form_id is not None:
        facts = {"id": row.form_id, "reference": row.form_reference, "chosen_name": row.form_chosen_name}
        application = _partly(Application, facts | mine | {"state": row.form_state})
        application.service, application.person, application.mailbox = row, person, mailbox
    return Slot(row, mailbox, application, person)


def _partly(model: type[Row], facts: dict[str, Any]) -> Row:
    """A row of which only some columns were asked for; Django asks for any other when it is read."""
    names = [field.attname for field in model._meta.concrete_fields if field.attname in facts]
    return model.from_db("default", names, [facts[name] for name in names])


def on(request: HttpRequest) -> list[Slot]:
    """The shelf of the signed-in person, asked for once a request; empty for anybody else."""
    if not hasattr(request, "shelf"):
        request.shelf = of(request.user) if isinstance(request.user, Person) else []  # type: ignore[attr-defined]
    slots: list[Slot] = request.shelf  # type: ignore[attr-defined]
    return slots


def slot_or_404(request: HttpRequest, service: str) -> Slot:
    """The slot of the service with that slug."""
    for slot in on(request):
        if slot.service.slug == service:
            return slot
    raise Http404(f"No service {service}")
