"""Times what is asked of the server while somebody types a name, in a domain that is full already."""

import statistics
import time
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from mailboxes import names
from mailboxes.models import MailService

TIMES = 50  # for each kind of name; fewer than one person may ask in a minute
TYPED = {"free": "wang.mei_ling", "taken": "q77777q", "taken with 100,000 numbers": "shufen", "reserved": "postmaster"}


def people() -> list[Person]:
    """Who types: one for each kind of name."""
    teacher = {"source": "county:kl", "category": "staff", "condition": ""}
    return [
        Person.objects.create(subject=f"aa{number}", username=f"county:kl:aa{number}", **teacher)
        for number in range(len(TYPED))
    ]


def measure(domain: str, people: list[Person]) -> dict[str, Any]:
    """Of the slowest kind of name: the median of the whole answer in milliseconds, its queries, those for the name alone."""
    MailService.objects.filter(slug="edu").update(domain=domain)
    service = MailService.objects.get(slug="edu")
    found = [_of(service, person, typed) for person, typed in zip(people, TYPED.values(), strict=True)]
    return {figure: max(each[figure] for each in found) for figure in found[0]}


def _of(service: MailService, person: Person, typed: str) -> dict[str, float]:
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(person, backend="accounts.backends.PersonBackend")
    taken = []
    for _ in range(TIMES):
        started = time.perf_counter()
        answer = client.get("/mail/edu/name/check/", {"name": typed})
        taken.append(time.perf_counter() - started)
        assert answer.status_code == 200, answer.content
    with CaptureQueriesContext(connection) as all_of_it:
        client.get("/mail/edu/name/check/", {"name": typed})
    with CaptureQueriesContext(connection) as name_alone:
        verdict = names.checked(service, person, typed)
    assert len(verdict.alternatives) == (3 if verdict.codes == ("taken",) else 0), verdict
    return {
        "milliseconds": 1000 * statistics.median(taken),
        "queries": len(all_of_it),
        "queries for the name": len(name_alone),
    }
