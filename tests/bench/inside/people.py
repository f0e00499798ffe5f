"""People who have come as far as the password, without the pages that led them there."""

from collections.abc import Iterable

from django.utils import timezone

from accounts.models import Consent, Person, PolicyVersion
from mailboxes import names, shelf
from mailboxes.models import Application, MailService
from tests.visits.campus import passport_name

FIRST = 50_000  # beyond those who come by the pages


def at_the_password(wanted: int) -> list[int]:
    """The numbers of their rows."""
    service = MailService.objects.get(slug="mx")
    versions = list(PolicyVersion.objects.filter(policy__in=service.policies.all()))
    known = Person.objects.filter(number__startswith="b").count()
    return [_person(service, versions, number).pk for number in range(FIRST + known, FIRST + known + wanted)]


def _person(service: MailService, versions: Iterable[PolicyVersion], number: int) -> Person:
    person = Person.objects.create(
        source="campus", subject=f"b{number}", username=f"campus:b{number}", number=f"b{number}", name="王小明",
        passport_name=passport_name(number), category="staff", condition="一般",
    )  # fmt: skip
    now = timezone.now()
    Consent.objects.bulk_create(
        Consent(person=person, version=version, given_at=now, address="127.0.0.1") for version in versions
    )
    # Of a hundred thousand, no two have the same whole name.
    name = next(offer.name for offer in names.offered(service, person) if offer.why == "surname-given")
    Application.objects.create(person=person, service=service, chosen_name=name)
    return person


def slot_of(person: int) -> shelf.Slot:
    return next(slot for slot in shelf.of(Person.objects.get(pk=person)) if slot.service.slug == "mx")
