"""The mailbox page: a shell that asks no mail server, and its boxes one by one."""

import re
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.models import AuditEvent, Person
from mailboxes.models import Job, MailService, Notice
from mailboxes.owning import patience
from mailboxes.owning.boxes import BOXES
from mailboxes.provisioning import tasks
from tests.conftest import GOOD_PASSWORD, SignIn

ALONE = {"x-box": "alone"}
MB = 1024 * 1024


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test waits because of the failures of another."""
    monkeypatch.setattr(patience, "_silent_until", {})


@pytest.fixture
def owner(at_password: Client, settings: LazySettings, tmp_path: Path) -> Client:
    """王小明, whose mailbox hmwang@mx.nthu.edu.tw in the embedded store is open."""
    settings.MAILDIR_ROOT = tmp_path / "mail"
    at_password.post("/mail/mx/password/", {"password": GOOD_PASSWORD, "password_again": GOOD_PASSWORD})
    tasks.run(Job.objects.get().pk)
    return at_password


@pytest.fixture
def maildir(owner: Client, settings: LazySettings) -> Path:
    return Path(settings.MAILDIR_ROOT) / "mx.nthu.edu.tw" / "hmwang" / "Maildir"


def limit_to(maildir: Path, octets: int) -> None:
    users = maildir.parents[2] / "users"
    users.write_text(re.sub(r"bytes=[0-9]+", f"bytes={octets}", users.read_text()))


@pytest.mark.parametrize("name", BOXES)
def test_each_box_stands_in_the_shell_and_has_a_page_of_its_own(owner: Client, name: str) -> None:
    assertContains(owner.get("/mail/mx/"), f'href="/mail/mx/box/{name}/"')
    page = owner.get(f"/mail/mx/box/{name}/")
    assertContains(page, f">{BOXES[name].heading}</h2>")
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


# --- capacity -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("used", "state", "words"),
    [
        (0, "good", "There is room enough."),
        (79.99, "good", "There is room enough."),
        (80, "warn", "Please tidy up soon."),
        (95, "bad", "Your mailbox is nearly full"),
        (100, "bad", "Your mailbox is full: no more letters arrive."),
        (130, "bad", "Your mailbox is full: no more letters arrive."),
    ],
)
def test_capacity_is_told_in_words_and_figures(owner: Client, maildir: Path, used: float, state: str, words: str) -> None:
    limit_to(maildir, 100 * MB)
    with (maildir / "cur" / "1.big:2,S").open("wb") as file:
        file.truncate(int(used * MB))
    (maildir / "new" / "0.welcome.portal").unlink()
    page = owner.get("/mail/mx/box/capacity/", headers=ALONE)
    assertContains(page, f'<progress class="room-bar {state}" max="100" value="{min(int(used), 100)}"')
    assertContains(page, words)
    assertContains(page, "100 MB")


def test_an_empty_mailbox_and_one_without_a_limit(owner: Client, maildir: Path) -> None:
    page = owner.get("/mail/mx/box/capacity/", headers=ALONE)
    assertContains(page, "0.1 MB <span")  # the welcome letter: what is used is rounded up
    assertContains(page, "153,599.9 MB")
    limit_to(maildir, 0)
    assertContains(owner.get("/mail/mx/box/capacity/", headers=ALONE), "0.1 MB used; there is no limit.")


def test_a_cloud_drive_that_does_not_answer_leaves_the_mailbox_standing(owner: Client, settings: LazySettings) -> None:
    settings.HTTPS = False
    assertNotContains(owner.get("/mail/mx/box/capacity/"), "Cloud drive")
    MailService.objects.filter(slug="mx").update(drive_url="http://127.0.0.1:9/")
    page = owner.get("/mail/mx/box/capacity/")
    assertContains(page, "There is room enough.")
    assertContains(page, "The cloud drive cannot be asked at this moment")
    assertContains(page, "unreachable")


# --- folders, sessions, notices -------------------------------------------------------------------------------------------


def test_the_folders_have_names_in_the_language_of_the_reader_and_a_total(owner: Client, maildir: Path) -> None:
    (maildir / ".Junk" / "cur" / "1.junk:2,S").write_bytes(b"x" * 2048)
    page = owner.get("/mail/mx/box/folders/", headers=ALONE)
    assert [row.name for row in page.context["rows"]] == ["Inbox", "Sent", "Drafts", "Trash", "Junk"]
    assert (page.context["unread"], page.context["messages"]) == (1, 2)
    assertContains(page, 'href="/mail/mx/folders/junk/empty/"')
    assertNotContains(page, 'href="/mail/mx/folders/trash/empty/"')  # nothing is in it
    chinese = owner.get("/mail/mx/box/folders/", headers=ALONE | {"accept-language": "zh-TW"})
    assertContains(chinese, "收信匣")


def test_a_question_stands_before_a_folder_is_emptied(owner: Client, maildir: Path, wang: Person) -> None:
    junk = maildir / ".Junk" / "cur"
    assertContains(owner.get("/mail/mx/folders/junk/empty/"), "The folder “Junk” is empty")
    for number in range(3):
        (junk / f"{number}.junk:2,S").write_bytes(b"x" * 1024)
    question = owner.get("/mail/mx/folders/junk/empty/")
    assertContains(question, "Letters in it: 3")
    assertContains(question, "deleted for good")
    assert len(list(junk.iterdir())) == 3
    mark = {"mark": question.context["found"].mark}
    assertContains(owner.post("/mail/mx/folders/junk/empty/", mark), "Letters taken away from the folder “Junk”: 3.")
    assert list(junk.iterdir()) == []
    assertContains(owner.post("/mail/mx/folders/junk/empty/", mark), "There was nothing to take away")
    event = AuditEvent.objects.get(verb="folder.emptied")
    assert (event.person, event.actor, event.details) == (wang, wang, {"folder": "Junk", "letters": 3})


def test_no_other_folder_can_be_emptied_and_none_without_a_mark(owner: Client, maildir: Path) -> None:
    for folder in ("inbox", "INBOX", "sent", "Trash", "nowhere"):
        assert owner.get(f"/mail/mx/folders/{folder}/empty/").status_code == 404
        assert owner.post(f"/mail/mx/folders/{folder}/empty/").status_code == 404
    (maildir / ".Trash" / "cur" / "1.t:2,S").write_bytes(b"x")
    assertContains(owner.post("/mail/mx/folders/trash/empty/"), "store-mismatch")
    assert len(list((maildir / ".Trash" / "cur").iterdir())) == 1
    assert not AuditEvent.objects.filter(verb="folder.emptied").exists()


def test_what_the_embedded_store_cannot_do_is_said(owner: Client) -> None:
    page = owner.post("/mail/mx/sessions/end/")
    assertContains(page, "store-cannot-tell")
    assert not AuditEvent.objects.filter(verb="sessions.ended").exists()


def test_a_notice_stands_in_the_shell_in_the_language_of_the_reader(owner: Client) -> None:
    assertContains(owner.get("/mail/mx/"), "There is no notice at present.")
    texts = {"title_zh": "停機", "title_en": "Down", "text_zh": "今晚<b>停機</b>", "text_en": "Tonight: https://a.example/"}
    Notice.objects.create(shown_from=timezone.now(), **texts)
    assertContains(owner.get("/mail/mx/"), '<a href="https://a.example/">')
    assertContains(owner.get("/mail/mx/", headers={"accept-language": "zh-TW"}), "今晚&lt;b&gt;停機")


# --- a mail server that hangs ---------------------------------------------------------------------------------------


def test_a_store_that_did_not_answer_is_left_alone_for_some_seconds(
    owner: Client, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = settings.MAILDIR_ROOT
    settings.MAILDIR_ROOT = root / "users"  # a file where a folder should be
    assertContains(owner.get("/mail/mx/box/folders/"), "store-unavailable")
    settings.MAILDIR_ROOT = root
    assertContains(owner.get("/mail/mx/box/folders/"), "store-unavailable")
    assertContains(owner.get("/mail/mx/box/delegation/"), "store-unavailable")  # with what the rows say
    assertNotContains(owner.get("/mail/mx/box/notices/"), "store-unavailable")
    monkeypatch.setattr(patience, "_silent_until", {})  # the seconds have passed
    assertContains(owner.get("/mail/mx/box/folders/"), "Inbox")
