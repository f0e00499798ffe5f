from datetime import timedelta

from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from mailboxes.models import Application, Job, Mailbox
from tests.conftest import AgreeAll, MakePerson, SignIn
from tests.unit.mailboxes.conftest import APPLY, GOOD, NAME, PASSWORD


def test_cancelling_asks_once_and_then_frees_the_person_to_begin_again(at_password: Client) -> None:
    at_password.post(PASSWORD, GOOD)
    assertContains(at_password.get("/mail/mx/cancel/"), "Cancel the application?")
    assert Application.objects.get().state == "pending"
    page = at_password.post("/mail/mx/cancel/", follow=True)
    assertContains(page, "The application is cancelled")
    job = Job.objects.get()
    assert (job.state, job.password_hash, Mailbox.objects.get().state) == ("dropped", "", "cancelled")


def test_the_cancelled_name_is_kept_for_the_person_and_for_nobody_else(
    at_password: Client, make_person: MakePerson, sign_in: SignIn, agree_all: AgreeAll
) -> None:
    at_password.post(PASSWORD, GOOD)
    at_password.post("/mail/mx/cancel/")
    other = sign_in(make_person("z40004"))
    agree_all(other, "mx")
    assertNotContains(other.get(NAME), 'value="hmwang"')
    at_password.post(NAME, {"name": "hmwang"})
    at_password.post(PASSWORD, GOOD)
    assert Mailbox.objects.get().state == "pending"
    assert Job.objects.filter(state="waiting").count() == 1


def test_an_application_that_a_worker_has_in_hand_cannot_be_cancelled(at_password: Client) -> None:
    at_password.post(PASSWORD, GOOD)
    Job.objects.update(leased_until=timezone.now() + timedelta(seconds=60), attempts=1)
    assertContains(at_password.post("/mail/mx/cancel/"), "cannot be cancelled now", status_code=409)
    assert Application.objects.get().state == "pending"


def test_cancelling_after_a_failed_try_locks_what_the_mail_server_may_hold(at_password: Client) -> None:
    at_password.post(PASSWORD, GOOD)
    Job.objects.update(attempts=3, leased_until=None)
    at_password.post("/mail/mx/cancel/")
    assert list(Job.objects.filter(state="waiting").values_list("kind", flat=True)) == ["close"]


def test_a_draft_can_be_cancelled_too(at_password: Client) -> None:
    at_password.post("/mail/mx/cancel/")
    assert Application.objects.get().state == "cancelled"
    assertRedirects(at_password.get(APPLY), NAME)


def test_names_cannot_be_hoarded_by_cancelling_again_and_again(at_name: Client) -> None:
    for name in ("hsiaoming", "hmwang", "wanghm", "hsiaomingwang", "wanghsiaoming"):
        at_name.post(NAME, {"name": name})
        at_name.post(PASSWORD, GOOD)
        at_name.post("/mail/mx/cancel/")
    assertContains(at_name.post(NAME, {"name": "hsiaoming"}), "try again tomorrow", status_code=422)
    assert not Application.objects.filter(state="draft").exists()
