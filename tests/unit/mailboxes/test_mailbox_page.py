"""The mailbox page: a shell that asks no mail server, and its boxes one by one."""

from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.models import Person
from mailboxes.models import Job, MailService
from mailboxes.owning.boxes import BOXES
from mailboxes.provisioning import tasks
from tests.conftest import GOOD_PASSWORD, SignIn

ALONE = {"x-box": "alone"}


@pytest.fixture
def owner(at_password: Client, settings: LazySettings, tmp_path: Path) -> Client:
    """王小明, whose mailbox hmwang@mx.nthu.edu.tw in the embedded store is open."""
    settings.MAILDIR_ROOT = tmp_path / "mail"
    at_password.post("/mail/mx/password/", {"password": GOOD_PASSWORD, "password_again": GOOD_PASSWORD})
    tasks.run(Job.objects.get().pk)
    return at_password


@pytest.mark.parametrize("name", BOXES)
def test_each_box_stands_in_the_shell_and_has_a_page_of_its_own(owner: Client, name: str) -> None:
    assertContains(owner.get("/mail/mx/"), f'href="/mail/mx/box/{name}/"')
    page = owner.get(f"/mail/mx/box/{name}/")
    assertContains(page, f"<h1>{BOXES[name].heading}</h1>")
    assertContains(page, 'href="/mail/mx/"')
    assertContains(page, "Asked at")


@pytest.mark.parametrize("name", BOXES)
def test_the_script_gets_a_box_without_the_page_around_it(owner: Client, name: str) -> None:
    alone = owner.get(f"/mail/mx/box/{name}/", headers=ALONE)
    assertContains(alone, "Asked at")
    assertNotContains(alone, "<html")


def test_the_shell_asks_no_store_and_a_box_says_why_it_is_empty(owner: Client, services: dict[str, MailService]) -> None:
    MailService.objects.filter(slug="mx").update(store="no-such-store")
    assertNotContains(owner.get("/mail/mx/"), "store-mismatch")
    alone = owner.get("/mail/mx/box/folders/", headers=ALONE)
    assertContains(alone, "did not answer as it should")
    assertContains(alone, "store-mismatch")


def test_a_box_is_its_owners_alone(owner: Client, professor: Person, sign_in: SignIn, client: Client) -> None:
    assertRedirects(sign_in(professor).get("/mail/mx/box/folders/"), "/mail/mx/apply/", fetch_redirect_response=False)
    assert client.get("/mail/mx/box/folders/", headers=ALONE).status_code == 302
    assert owner.get("/mail/mx/box/no-such-box/").status_code == 404
    assert owner.post("/mail/mx/box/folders/").status_code == 405
