"""Times the names offered to three people in a database of its own, with 10 and then with 1,000,000 names taken; and then
the answer to somebody who types one.

Of the million, half are the names of one person's namesakes, 5,000 those of another's, and the rest nobody's in question.
"""

import time
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Max
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from mailboxes import names
from mailboxes.models import Mailbox, MailService
from mailboxes.names import passport
from tests.bench.inside import live_check
from tests.bench.inside.copies import copy_rows

FEW, MANY = 10, 1_000_000
# Passport names of equal shape, and how many numbers each of their five stems has when a million names are taken.
PEOPLE = {
    "the same ten taken": ("WANG,HSIAO-MING", 0),
    "1,000 namesakes": ("CHEN,CHIH-HAO", 1_000),
    "100,000 namesakes": ("LIN,SHU-FEN", 100_000),
}
TIMES = 200


def measure() -> dict[str, Any]:
    call_command("migrate", verbosity=0)
    call_command("seed", "demo/portal-seed.json", verbosity=0)
    service = MailService.objects.get(slug="mx")
    people = {shape: _person(number, name) for number, (shape, (name, _)) in enumerate(PEOPLE.items())}
    owner = _person(99, "TU,YU")
    typists = live_check.people()
    _take_plain(service, owner, people)
    few = {shape: _milliseconds(service, person) for shape, person in people.items()}
    with transaction.atomic():
        _fill(service, people)
        Mailbox.mark_followed()  # as the hourly housekeeping does
    with connection.cursor() as cursor:
        # As PostgreSQL does by itself after a while.
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    assert Mailbox.objects.count() >= MANY, Mailbox.objects.count()
    many = {shape: _milliseconds(service, person) for shape, person in people.items()}
    queries = max(_queries(service, person) for person in people.values())
    return {"few": few, "many": many, "queries": queries, "live check": live_check.measure(service.domain, typists)}


def _person(number: int, passport_name: str) -> Person:
    return Person.objects.create(
        source="campus",
        subject=f"a{number}",
        username=f"campus:a{number}",
        number=f"a{number}",
        passport_name=passport_name,
        category="staff",
        condition="一般",
    )


def _take_plain(service: MailService, owner: Person, people: dict[str, Person]) -> None:
    """All that each of them would be offered without a number: ten names for three people, as some differ in dots alone."""
    for person in people.values():
        ways = passport.forms(person.passport_name)
        for name in passport.plain(ways, shortest=service.shortest_name, longest=service.longest_name):
            stem, number = names.stem_of(name)
            taken = {"domain": service.domain, "stem": stem, "stem_number": number}
            facts = {"service": service, "person": owner, "local_part": name, "state": Mailbox.State.CANCELLED}
            Mailbox.objects.get_or_create(**taken, defaults=facts)


def _fill(service: MailService, people: dict[str, Person]) -> None:
    template = Mailbox.objects.first()
    assert template is not None
    copy_rows(Person, template.person, MANY, subject="'m' || i", username="'campus:m' || i", number="'m' || i")
    holders = Person.objects.aggregate(last=Max("pk"))["last"] - MANY
    done = 0
    for shape, (_, count) in PEOPLE.items():
        runs = passport.numbered(
            passport.forms(people[shape].passport_name), shortest=service.shortest_name, longest=service.longest_name
        )
        for stem in (each[0].stem for each in runs if count):
            row = {"stem": f"'{stem}'", "stem_number": "i + 1", "local_part": f"'{stem}' || (i + 1)"}
            copy_rows(Mailbox, template, count, person_id=f"{holders + done} + i", state="'pending'", **row)
            done += count
    row = {"stem": "'q' || i || 'q'", "stem_number": "1", "local_part": "'q' || i || 'q'"}
    copy_rows(Mailbox, template, MANY - done, person_id=f"{holders + done} + i", state="'pending'", **row)


def _milliseconds(service: MailService, person: Person) -> float:
    """The best of many, for the machine has other work too."""
    taken = []
    for _ in range(TIMES):
        started = time.perf_counter()
        offers = names.offered(service, person)
        taken.append(time.perf_counter() - started)
        assert len(offers) >= 5, offers
    return 1000 * min(taken)


def _queries(service: MailService, person: Person) -> int:
    with CaptureQueriesContext(connection) as asked:
        names.offered(service, person)
    return len(asked)
