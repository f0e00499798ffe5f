"""The outbox of letters: what is posted, how it reads, and how it comes to a real SMTP server."""

from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.template import TemplateDoesNotExist
from django.utils.translation import override
from pytest_django import Settings

from accounts import letters
from accounts.letters import links, rendering, tasks
from accounts.models import Letter, Person
from accounts.relay import Relay, relay
from tests.unit.accounts.outgoing import TO, now_as, posted


@pytest.fixture(autouse=True)
def nobody_is_silent() -> None:
    cache.clear()


# --- posting and writing ----------------------------------------------------------------------------------------


def test_a_letter_is_posted_with_the_transaction_or_not_at_all(db: None) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        posted()
        _ = 1 / 0
    assert not Letter.objects.exists()


def test_a_kind_without_templates_is_told_at_once(db: None) -> None:
    with pytest.raises(TemplateDoesNotExist):
        letters.post("no-such-kind", to=TO)


def test_it_is_written_in_the_persons_language_whatever_the_workers_is(wang: Person) -> None:
    with override("zh-hant"):
        letter = Letter.objects.select_related("person").get(pk=posted(wang).pk)
        made = rendering.message(letter)
    text, html = (made.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]
    assert made["Subject"] == "Confirm your contact address"
    assert made["Content-Language"] == "en"
    assert "Hello 王小明," in text
    assert "until 23 November 2026, 12:30" in text
    assert '<html lang="en">' in html


def test_nobody_in_particular_is_written_to_in_the_language_of_the_request(db: None) -> None:
    with override("en"):
        assert posted().language == "en"
    assert posted(language="zh-hant").language == "zh-hant"


def test_both_forms_say_the_same_and_what_is_written_into_them_is_text(make_person: object, wang: Person) -> None:
    wang.name = "<b>Eve</b> & Co"
    wang.save()
    made = rendering.message(Letter.objects.select_related("person").get(pk=posted(wang).pk))
    text, html = (made.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]
    assert "Hello <b>Eve</b> & Co," in text
    assert "Hello &lt;b&gt;Eve&lt;/b&gt; &amp; Co," in html
    link = f"http://127.0.0.1:8000/configure/contacts/confirm/?link={links.token('contact-confirm', 7)}"
    assert link in text
    assert f'href="{link}"' in html


def test_a_subject_is_one_line(wang: Person) -> None:
    wang.name = "Eve\r\nBcc: all@campus.example"
    wang.save()
    made = rendering.message(Letter.objects.select_related("person").get(pk=posted(wang).pk))
    assert made["Bcc"] is None
    assert len(made["Subject"].splitlines()) == 1


def test_the_row_holds_nothing_that_opens_anything(wang: Person) -> None:
    letter = posted(wang)
    token = links.token("contact-confirm", 7)
    assert token in rendering.message(letter).as_string()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_letter")
        assert token not in str(cursor.fetchall())


def test_a_token_is_good_for_its_purpose_alone() -> None:
    token = links.token("contact-confirm", 7)
    assert links.row_id("contact-confirm", token) == 7
    assert links.row_id("contact-undo-added", token) is None
    for other in (token[:-1], f"8{token[1:]}", "", "7", "7.", "．", token + "\n"):
        assert links.row_id("contact-confirm", other) is None


@pytest.mark.parametrize("change", [{"state": "lost"}, {"state": "sent", "sent_at": None}])
def test_the_database_knows_the_states(db: None, change: dict[str, object]) -> None:
    letter = posted()
    with pytest.raises(IntegrityError), transaction.atomic():
        Letter.objects.filter(pk=letter.pk).update(**change)


# --- the folder, and the server's address -------------------------------------------------------------------------


def test_without_a_server_letters_are_kept_in_a_folder(db: None, settings: Settings, tmp_path: Path) -> None:
    settings.LETTERS_DIR = tmp_path / "letters"
    letter = posted()
    tasks.run(letter.pk)
    [file] = (tmp_path / "letters").iterdir()
    assert file.suffix == ".eml"
    assert b"\r\nTo: wang@elsewhere.example\r\n" in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0
    assert now_as(letter) == "sent"


def test_a_folder_that_takes_nothing_gives_no_letter_up(db: None, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "letters").write_text("a file")
    settings.LETTERS_DIR = tmp_path / "letters"
    letter = posted()
    tasks.run(letter.pk)
    assert now_as(letter) == "waiting"
    assert "takes no letter" in letter.last_error


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("", None),
        ("smtp://127.0.0.1", Relay("smtp", "127.0.0.1", 25)),
        ("smtp://relay.campus.example:2525/", Relay("smtp", "relay.campus.example", 2525)),
        ("smtp://u:p@[::1]:25", Relay("smtp", "::1", 25, "u", "p")),
        ("smtps://portal:p%40ss%2F@smtp.campus.example", Relay("smtps", "smtp.campus.example", 465, "portal", "p@ss/")),
        ("smtp+starttls://a%40b:p@smtp.example", Relay("smtp+starttls", "smtp.example", 587, "a@b", "p")),
    ],
)
def test_the_address_of_the_server(url: str, read: Relay | None) -> None:
    assert relay(url) == read
