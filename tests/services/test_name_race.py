"""Fifty people want the same name at the same moment: one has it, the others are told, and nothing is half-made."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from accounts import policies
from accounts.models import Person, PolicyVersion
from mailboxes import names, shelf
from mailboxes.applying import services as applying
from mailboxes.models import Application, Job, Mailbox, MailService
from tests.conftest import GOOD_PASSWORD, MakePerson

PEOPLE = 50


def at_the_password_step(person: Person, service: str = "mx", name: str = "hmwang") -> None:
    for version in PolicyVersion.objects.all():
        policies.agree(person, version, address="192.0.2.10", now=timezone.now())
    Application.objects.create(person=person, service=MailService.objects.get(slug=service), chosen_name=name)


def apply(person: Person, together: Barrier, service: str = "mx") -> str:
    """Apply as the view does, all at the same moment; what came of it."""
    try:
        slot = next(slot for slot in shelf.of(person) if slot.service.slug == service)
        together.wait(timeout=60)
        applying.submit(slot, password=GOOD_PASSWORD, now=timezone.now())
    except ValidationError as error:
        return str(error.code)
    except applying.AlreadyApplied:
        return "already"
    else:
        return "received"
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_of_fifty_people_who_want_one_name_one_gets_it(services: dict[str, MailService], make_person: MakePerson) -> None:
    people = [make_person(f"z{number}") for number in range(50000, 50000 + PEOPLE)]
    for person in people:
        at_the_password_step(person)
    together = Barrier(PEOPLE)
    with ThreadPoolExecutor(PEOPLE) as threads:
        outcomes = Counter(threads.map(lambda person: apply(person, together), people))
    assert outcomes == {"received": 1, "name-taken": PEOPLE - 1}
    winner = Mailbox.objects.get()
    assert Job.objects.get().mailbox == winner
    assert Application.objects.get(state="pending").mailbox == winner
    assert Application.objects.filter(state="draft", mailbox=None).count() == PEOPLE - 1


@pytest.mark.django_db(transaction=True)
def test_of_fifty_people_who_type_one_name_one_gets_it_and_the_others_keep_what_they_typed(
    services: dict[str, MailService], make_person: MakePerson
) -> None:
    """Half of them with a sign in it, which makes it no other name."""
    people = [make_person(f"aa{number}", source="county:kl", category="staff", condition="") for number in range(PEOPLE)]
    for number, person in enumerate(people):
        at_the_password_step(person, "edu", ["wangming", "wang.ming"][number % 2])
    together = Barrier(PEOPLE)
    with ThreadPoolExecutor(PEOPLE) as threads:
        outcomes = Counter(threads.map(lambda person: apply(person, together, "edu"), people))
    assert outcomes == {"received": 1, "name-taken": PEOPLE - 1}
    winner = Mailbox.objects.get()
    assert Application.objects.get(state="pending").mailbox == winner
    others = Application.objects.filter(state="draft", mailbox=None)
    assert Counter(others.values_list("chosen_name", flat=True)) == {
        "wangming": PEOPLE // 2 - (winner.local_part == "wangming"),
        "wang.ming": PEOPLE // 2 - (winner.local_part == "wang.ming"),
    }
    for other in others:
        verdict = names.checked(services["edu"], other.person, other.chosen_name)
        assert (verdict.codes, len(verdict.alternatives)) == (("taken",), 3)


@pytest.mark.django_db(transaction=True)
def test_fifty_clicks_of_one_person_make_one_mailbox(services: dict[str, MailService], wang: Person) -> None:
    at_the_password_step(wang)
    together = Barrier(PEOPLE)
    with ThreadPoolExecutor(PEOPLE) as threads:
        outcomes = Counter(threads.map(lambda _: apply(wang, together), range(PEOPLE)))
    assert outcomes == {"received": 1, "already": PEOPLE - 1}
    assert (Mailbox.objects.count(), Job.objects.count(), Application.objects.count()) == (1, 1, 1)
