"""The services as one person sees them: each with their own mailbox and open application. One query a page."""

from dataclasses import dataclass

from django.db.models import FilteredRelation, Q
from django.http import Http404, HttpRequest

from accounts.models import Person
from mailboxes.models import Application, Mailbox, MailService


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


def of(person: Person) -> list[Slot]:
    """Every service in the order of the menu."""
    services = MailService.objects.annotate(
        my_mailbox=FilteredRelation("mailbox", condition=Q(mailbox__person=person) & ~Q(mailbox__state="cancelled")),
        my_application=FilteredRelation(
            "application", condition=Q(application__person=person, application__state__in=Application.OPEN)
        ),
    ).select_related("my_mailbox", "my_application")  # type: ignore[misc]  # django-stubs sees no FilteredRelation
    slots = []
    for service in services:
        mailbox, application = getattr(service, "my_mailbox", None), getattr(service, "my_application", None)
        if mailbox is not None:
            mailbox.service, mailbox.person = service, person
        if application is not None:
            application.service, application.person, application.mailbox = service, person, mailbox
        slots.append(Slot(service, mailbox, application, person))
    return slots


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
