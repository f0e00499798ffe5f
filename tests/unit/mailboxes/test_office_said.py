"""What the office writes to an applicant stands on the portal: who is new has no address for a letter."""

from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from accounts.models import Person
from mailboxes.applying.forms import AnswerForm
from mailboxes.models import Application, Job, MailService, Remark
from mailboxes.provisioning import tasks
from mailboxes.reviewing import desk
from tests.conftest import AgreeAll, MakePerson, SignIn
from tests.unit.mailboxes.reviewing import apply

NOTE = "Fetch your card at the <counter>."
SHOWN = "Fetch your card at the &lt;counter&gt;."


@pytest.fixture
def reviewed(services: dict[str, MailService], settings: LazySettings, tmp_path: Path) -> None:
    settings.MAILDIR_ROOT = tmp_path / "mail"
    MailService.objects.filter(slug="mx").update(review="always")


@pytest.fixture
def applied(reviewed: None, as_wang: Client, agree_all: AgreeAll) -> Client:
    apply(as_wang, agree_all)
    return as_wang


@pytest.fixture
def office(make_person: MakePerson) -> Person:
    return make_person("z30003", is_staff=True)


def approve(office: Person, reason: str) -> Application:
    case = Application.objects.get()
    desk.approve(case, actor=office, now=timezone.now(), reason=reason)
    return case


def test_a_note_on_approval_is_read_while_the_mailbox_opens_and_when_it_is_open(applied: Client, office: Person) -> None:
    case = approve(office, NOTE)
    assertContains(applied.get(case.get_absolute_url()), SHOWN)
    tasks.run(Job.objects.get().pk)
    assertContains(applied.get("/mail/mx/ready/"), SHOWN)


def test_an_answer_counts_the_end_of_a_line_once_however_a_browser_sends_it() -> None:
    form = AnswerForm({"text": "\r\n".join(["a"] * 1000)})
    assert form.is_valid()
    assert len(form.cleaned_data["text"]) == 1999


def test_an_approval_without_words_adds_none(applied: Client, office: Person) -> None:
    approve(office, "")
    tasks.run(Job.objects.get().pk)
    assertNotContains(applied.get("/mail/mx/ready/"), "What was said")


@pytest.mark.parametrize("service", ["mx", "edu", "nameless"])
def test_a_draft_shows_the_last_word_of_the_office_at_the_step_of_the_name(
    service: str,
    office: Person,
    teacher: Person,
    wang: Person,
    services: dict[str, MailService],
    sign_in: SignIn,
    agree_all: AgreeAll,
) -> None:
    if service == "nameless":
        Person.objects.filter(pk=wang.pk).update(passport_name="")
    slug, person = ("edu", teacher) if service == "edu" else ("mx", Person.objects.get(pk=wang.pk))
    draft = Application.objects.create(person=person, service=services[slug])
    for author, kind, text in ((office, "offered", NOTE), (person, "answered", "My own words.")):
        Remark.objects.create(application=draft, author=author, kind=kind, text=text, written_at=timezone.now())
    client = sign_in(person)
    agree_all(client, slug)
    page = client.get(f"/mail/{slug}/name/")
    assertContains(page, SHOWN, status_code=page.status_code)
    assertNotContains(page, "My own words.", status_code=page.status_code)
    assert page.status_code == (422 if service == "nameless" else 200)
