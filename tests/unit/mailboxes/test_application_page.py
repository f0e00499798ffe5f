import plistlib
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
import time_machine
from argon2 import PasswordHasher
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.models import Person
from mailboxes.models import Application, Job, MailService
from mailboxes.owning import mailprograms
from mailboxes.provisioning import tasks
from tests.conftest import BACKEND, GOOD_PASSWORD, AgreeAll, SignIn


@pytest.fixture
def applied(as_wang: Client, agree_all: AgreeAll, settings: LazySettings, tmp_path: Path) -> Client:
    settings.MAILDIR_ROOT = tmp_path / "mail"
    agree_all(as_wang, "mx")
    as_wang.post("/mail/mx/name/", {"name": "hmwang"})
    as_wang.post("/mail/mx/password/", {"password": GOOD_PASSWORD, "password_again": GOOD_PASSWORD})
    return as_wang


def page_of(client: Client) -> str:
    return Application.objects.get().get_absolute_url()


def test_it_shows_the_steps_the_promise_and_the_time_so_far(applied: Client) -> None:
    page = applied.get(page_of(applied))
    assertContains(page, "at most 5 minutes")
    assertContains(page, "Address reserved for you")
    assertContains(page, "hmwang<wbr>@mx.nthu.edu.tw")
    assertContains(page, "so far")
    assertContains(page, Application.objects.get().reference)


def test_it_is_there_after_log_out_and_in_another_browser(applied: Client, wang: Person, sign_in: SignIn) -> None:
    applied.post("/log-out/")
    assertContains(sign_in(wang).get(page_of(applied)), "Your mailbox is being opened")


def test_it_does_not_exist_for_anybody_else(applied: Client, professor: Person, sign_in: SignIn) -> None:
    assert sign_in(professor).get(page_of(applied)).status_code == 404
    assert applied.get("/applications/A-00000000/").status_code == 404


@pytest.mark.parametrize("page", ["", "?from=letter"])
def test_whoever_comes_next_to_the_browser_gets_their_own_page(applied: Client, professor: Person, page: str) -> None:
    there = page_of(applied) + page
    applied.session.flush()  # it has ended by itself
    assertRedirects(applied.get(there), f"/signed-out/?next={quote(there)}")
    applied.get("/signed-out/", {"next": there})
    browser = Client(headers={"accept-language": "en"})
    browser.cookies["next"] = applied.cookies["next"].value
    browser.force_login(professor, backend=BACKEND)
    assertContains(browser.get("/", follow=True), "林淑芬")
    assert "next" not in browser.cookies or not browser.cookies["next"].value


def test_its_owner_is_brought_back_to_it(applied: Client, wang: Person) -> None:
    applied.cookies["next"] = page_of(applied)
    assertRedirects(applied.get("/"), page_of(applied))


def test_it_says_so_when_the_mail_server_is_not_ready(applied: Client) -> None:
    Job.objects.update(attempts=2, last_error="store-unavailable: no answer")
    page = applied.get(page_of(applied))
    assertContains(page, "We try again by ourselves")
    assertContains(page, "2 attempts so far")


def test_it_says_sorry_when_the_promise_is_broken(applied: Client) -> None:
    Job.objects.update(created_at=timezone.now() - timedelta(minutes=6))
    assertContains(applied.get(page_of(applied)), "It takes longer than we promised")


def test_it_leads_to_the_open_mailbox_with_the_letter_in_it(applied: Client) -> None:
    tasks.run(Job.objects.get().pk)
    assertRedirects(applied.get(page_of(applied)), "/mail/mx/ready/")
    page = applied.get("/mail/mx/ready/")
    assertContains(page, "Your mailbox is open")
    assertContains(page, "hmwang@mx.nthu.edu.tw")
    assertContains(page, "Welcome to your new mailbox")
    assertContains(page, "imap.mx.nthu.edu.tw")


def test_my_mailbox_shows_its_boxes_and_leads_to_the_letter(applied: Client) -> None:
    tasks.run(Job.objects.get().pk)
    page = applied.get("/mail/mx/")
    assertContains(page, "In use")
    assertContains(page, 'href="/mail/mx/box/folders/"')
    assertContains(page, 'href="/mail/mx/ready/"')


def test_my_mailbox_stands_when_the_store_does_not_answer(applied: Client, settings: LazySettings) -> None:
    tasks.run(Job.objects.get().pk)
    settings.MAILDIR_ROOT = Path("/nonexistent")
    assertContains(applied.get("/mail/mx/"), "Reset the password")
    assertContains(applied.get("/mail/mx/ready/"), "no-such-mailbox")


# --- reset ------------------------------------------------------------------------------------------------------

NEW = "seven-lanterns-over-brick"


def test_a_reset_is_a_job_like_any_other_and_the_page_says_when_it_holds(applied: Client, settings: LazySettings) -> None:
    tasks.run(Job.objects.get().pk)
    assertContains(applied.get("/mail/mx/reset/"), "holds within seconds")
    page = applied.post("/mail/mx/reset/", {"password": NEW, "password_again": NEW}, follow=True)
    assertContains(page, "on its way to the mail server")
    job = Job.objects.get(kind="password")
    assert NEW not in job.password_hash
    tasks.run(job.pk)
    assertContains(applied.get("/mail/mx/"), "The password in force was set on")
    users = (settings.MAILDIR_ROOT / "users").read_text()
    encoded = users.split(":")[1].removeprefix("{ARGON2ID}")
    assert PasswordHasher().verify(encoded, NEW)


def test_a_weak_password_is_refused_at_reset_too(applied: Client) -> None:
    tasks.run(Job.objects.get().pk)
    page = applied.post("/mail/mx/reset/", {"password": "hmwang12345", "password_again": "hmwang12345"})
    assertContains(page, "too easy to guess", status_code=422)
    assert not Job.objects.filter(kind="password").exists()


def test_there_is_no_reset_before_the_mailbox_is_open(applied: Client) -> None:
    assertRedirects(
        applied.post("/mail/mx/reset/", {"password": NEW, "password_again": NEW}), "/mail/mx/apply/", target_status_code=302
    )
    assert not Job.objects.filter(kind="password").exists()


# --- settings for mail programs ---------------------------------------------------------------------------------


def test_settings_come_from_the_service(applied: Client) -> None:
    tasks.run(Job.objects.get().pk)
    page = applied.get("/mail/mx/settings/")
    for text in ("imap.mx.nthu.edu.tw", "993", "POP3", "pop.mx.nthu.edu.tw", "995", "smtp.mx.nthu.edu.tw"):
        assertContains(page, text)
    assertContains(page, '<img class="qr" width="192" height="192" src="/mail/mx/settings/code.svg"')


def test_the_code_is_an_image_of_the_link_for_its_owner_alone(applied: Client, client: Client) -> None:
    tasks.run(Job.objects.get().pk)
    with time_machine.travel(timezone.now(), tick=False):
        link = applied.get("/mail/mx/settings/").context["profile"]
        answer = applied.get("/mail/mx/settings/code.svg")
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.content == mailprograms.qr_svg(f"http://testserver{link}")
    assert answer.content.startswith(b"<svg xmlns")
    assert client.get("/mail/mx/settings/code.svg").status_code == 302


def test_the_apple_profile_holds_the_address_and_no_password(applied: Client, client: Client) -> None:
    tasks.run(Job.objects.get().pk)
    link = applied.get("/mail/mx/settings/").context["profile"]
    answer = client.get(link)  # a telephone that is not signed in
    assert answer.headers["Content-Type"] == "application/x-apple-aspen-config"
    account = plistlib.loads(answer.content)["PayloadContent"][0]
    assert account["EmailAddress"] == "hmwang@mx.nthu.edu.tw"
    assert account["IncomingMailServerHostName"] == "imap.mx.nthu.edu.tw"
    assert not [key for key in account if key.endswith("Password") and key != "OutgoingPasswordSameAsIncomingPassword"]


def test_a_profile_link_dies_after_ten_minutes(applied: Client, client: Client) -> None:
    tasks.run(Job.objects.get().pk)
    link = applied.get("/mail/mx/settings/").context["profile"]
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assertContains(client.get(link, headers={"accept-language": "en"}), "This link has expired", status_code=403)
    assert client.get("/mail/profile/forged.mobileconfig").status_code == 403


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("anybody@mx.nthu.edu.tw", "imap.mx.nthu.edu.tw"),
        ("s1@m98.nthu.edu.tw", "imap.student.nthu.edu.tw"),
        ("s1@OZ.nthu.edu.tw", "imap.student.nthu.edu.tw"),
    ],
)
def test_thunderbird_is_told_the_servers_of_a_domain(
    client: Client, services: dict[str, MailService], address: str, host: str
) -> None:
    answer = client.get("/mail/config-v1.1.xml", {"emailaddress": address})
    assertContains(answer, f"<hostname>{host}</hostname>")
    assertContains(answer, "%EMAILADDRESS%")
    assertNotContains(answer, address.split("@")[0] + "@")


@pytest.mark.parametrize("address", ["", "x@evil.example", "x@mxxnthu.edu.tw", "x@m9x.nthu.edu.tw"])
def test_thunderbird_is_told_nothing_of_other_domains(
    client: Client, services: dict[str, MailService], address: str
) -> None:
    assert client.get("/mail/config-v1.1.xml", {"emailaddress": address}).status_code == 404
