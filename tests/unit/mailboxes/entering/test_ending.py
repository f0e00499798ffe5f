"""A session that a stolen password began ends with that password, whatever its owner does about it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.asserts import assertContains, assertRedirects

from accounts.models import Person
from mailboxes.models import Job, Mailbox, MailService
from mailboxes.provisioning import outbox
from mailboxes.provisioning.life import services as life
from tests.conftest import GOOD_PASSWORD, SignIn
from tests.unit.mailboxes.entering.conftest import OTHER_PASSWORD, give

NEW = {"password": OTHER_PASSWORD, "password_again": OTHER_PASSWORD}


def new_password(owner: Client, box: Mailbox) -> None:
    assert owner.post("/mail/mx/reset/", NEW).status_code == 302


def end_sessions(owner: Client, box: Mailbox) -> None:
    """Also where the mail system of the service has no sessions that it could end."""
    assertContains(owner.post("/mail/mx/sessions/end/"), "cannot tell this")


def switch_off_and_on(owner: Client, box: Mailbox) -> None:
    assert owner.post("/mail/mx/off/").status_code == 302
    box.refresh_from_db()
    life.switch_on(box, now=timezone.now(), address="")


def close_and_reopen(owner: Client, box: Mailbox) -> None:
    office = Person.objects.create(username="office")
    life.close_now(box, reason="", actor=office, now=timezone.now())
    box.refresh_from_db()
    life.reopen(box, actor=office, now=timezone.now())


WAYS = [new_password, end_sessions, switch_off_and_on, close_and_reopen]


@pytest.fixture
def thief(box: Mailbox) -> Client:
    thief = Client(headers={"accept-language": "en"})
    assertRedirects(give(thief), "/")
    assert thief.get("/mail/mx/").status_code == 200
    return thief


def is_out(client: Client) -> bool:
    return client.get("/mail/mx/").status_code == 302 and "_auth_user_id" not in client.session


def done(kind: Job.Kind) -> None:
    """The worker has come by."""
    job = Job.objects.get(kind=kind, state="waiting")
    claimed = outbox.claim(job.pk, now=timezone.now() + timedelta(seconds=1))
    assert claimed
    assert outbox.settle(claimed, now=timezone.now())


@pytest.mark.parametrize("act", WAYS)
def test_the_thief_is_out_and_the_owner_is_not(
    act: Callable[[Client, Mailbox], None], box: Mailbox, thief: Client, wang: Person, sign_in: SignIn
) -> None:
    owner = sign_in(wang)
    act(owner, box)
    assert is_out(thief)
    assert owner.get("/mail/mx/").status_code == 200


def test_the_thief_sets_no_other_password_after_the_owners(
    box: Mailbox, thief: Client, wang: Person, sign_in: SignIn
) -> None:
    new_password(sign_in(wang), box)
    assert thief.post("/mail/mx/reset/", NEW)["Location"].startswith("/signed-out/")
    assert Job.objects.filter(kind="password").count() == 1


def test_the_old_password_opens_nothing_while_the_server_still_takes_it(
    box: Mailbox, visitor: Client, wang: Person, sign_in: SignIn
) -> None:
    new_password(sign_in(wang), box)
    page = give(visitor, password=GOOD_PASSWORD)
    assertContains(page, "A new password has been asked for", status_code=403)
    assertContains(give(visitor, password=OTHER_PASSWORD), "Nobody can be signed in", status_code=422)
    assert "_auth_user_id" not in visitor.session
    done(Job.Kind.PASSWORD)
    assertRedirects(give(visitor), "/")  # the store of this test has not been told: what counts is that nobody waits


@pytest.mark.parametrize("act", [new_password, end_sessions])
def test_who_came_by_the_password_and_does_it_stays_in_alone(
    act: Callable[[Client, Mailbox], None], box: Mailbox, thief: Client, visitor: Client
) -> None:
    give(visitor)
    act(visitor, box)
    assert visitor.get("/mail/mx/").status_code == 200
    assert is_out(thief)


def test_whoever_is_a_moment_later_than_the_owner_is_out(
    box: Mailbox, thief: Client, wang: Person, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The thief's request was let in before the owner's was done."""
    asked = outbox.put

    def after_the_owners(mailbox: Mailbox, kind: Job.Kind, **more: object) -> Job:
        Mailbox.objects.get(pk=mailbox.pk).begin_era()
        return asked(mailbox, kind, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(outbox, "put", after_the_owners)
    new_password(thief, box)
    assert is_out(thief)


def test_other_jobs_end_no_session(box: Mailbox, thief: Client) -> None:
    outbox.put(box, Job.Kind.FILTER, now=timezone.now())
    outbox.put(box, Job.Kind.QUOTA, now=timezone.now())
    assert not is_out(thief)


def test_it_costs_no_query(
    box: Mailbox, thief: Client, services: dict[str, MailService], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(6):
        assert thief.get("/").status_code == 200
