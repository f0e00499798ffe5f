"""Reviewers and the applicant decide about one application at the same moment: one of them does, the others are told."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Letter, Person
from mailboxes import names, states
from mailboxes.applying import services
from mailboxes.models import Application, Job, Mailbox, MailService, Remark
from mailboxes.reviewing import desk
from tests.conftest import MakePerson

ROUNDS = 5


def waiting(service: MailService, person: Person) -> Application:
    now, (stem, number) = timezone.now(), names.stem_of("hmwang")
    who = {"service": service, "person": person}
    box = Mailbox.objects.create(**who, local_part="hmwang", domain=service.domain, stem=stem, stem_number=number)
    usual = {"state": "review", "submitted_at": now, "queued_at": now, "password_hash": "{ARGON2ID}x"}
    return Application.objects.create(**who, mailbox=box, **usual)


def outcome(do: Callable[[Application], None], number: int, together: Barrier) -> str:
    try:
        application = Application.objects.select_related("person", "service", "mailbox").get(pk=number)
        together.wait(timeout=60)
        do(application)
    except states.NotAllowed:
        return "too late"
    else:
        return "done"
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", range(ROUNDS))
def test_one_decision_stands_and_nothing_is_half_made(
    services: dict[str, MailService], make_person: MakePerson, wang: Person, number: int
) -> None:
    reviewers = [make_person(f"z3000{each}") for each in range(3)]
    application, now = waiting(services["mx"], wang), timezone.now()
    deeds: list[Callable[[Application], None]] = [
        lambda case: desk.approve(case, actor=reviewers[0], now=now),
        lambda case: desk.approve(case, actor=reviewers[1], now=now),
        lambda case: desk.reject(case, actor=reviewers[2], now=now, reason="No."),
        lambda case: _cancel(case),
    ]
    together = Barrier(len(deeds))
    with ThreadPoolExecutor(len(deeds)) as threads:
        outcomes = Counter(threads.map(lambda do: outcome(do, application.pk, together), deeds))
    assert outcomes == {"done": 1, "too late": 3}
    application.refresh_from_db()
    assert application.password_hash == ""
    state, box = application.state, Mailbox.objects.get().state
    assert (state, box, Job.objects.count()) in (
        ("pending", "pending", 1), ("rejected", "cancelled", 0), ("cancelled", "cancelled", 0),
    )  # fmt: skip
    assert Remark.objects.count() == (state != "cancelled")
    assert not Letter.objects.exists()  # he has no address yet at which he could read one


def _cancel(application: Application) -> None:
    services.cancel(application, now=timezone.now())
