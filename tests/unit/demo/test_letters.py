"""The page of the demo that shows what the portal would have sent."""

from email.message import EmailMessage
from pathlib import Path

import pytest

from demo import letters
from demo import settings as campus_settings


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(campus_settings, "LETTERS_DIR", tmp_path)
    return tmp_path


def keep(folder: Path, name: str, subject: str, text: str) -> None:
    message = EmailMessage()
    message["To"], message["Subject"], message["Date"] = "wang@home.example", subject, "Sun, 22 Nov 2026 12:00:00 +0800"
    message.set_content(text)
    message.add_alternative("<p>html</p>", subtype="html")
    (folder / f"{name}.eml").write_bytes(message.as_bytes())


def test_before_the_first_letter_it_says_so(stranger, folder, monkeypatch):
    assert "還沒有信" in stranger.get("/letters/").content.decode()
    monkeypatch.setattr(campus_settings, "LETTERS_DIR", folder / "not-there-yet")
    assert "還沒有信" in stranger.get("/letters/").content.decode()


def test_it_shows_the_newest_first_with_links_that_work_and_nothing_that_runs(stranger, folder):
    keep(folder, "1", "確認您的聯絡信箱", "https://portal.example/configure/?link=7.abc\n<script>alert(1)</script>")
    keep(folder, "2", "Second", "text")
    page = stranger.get("/letters/").content.decode()
    assert "確認您的聯絡信箱 → wang@home.example" in page
    assert 'href="https://portal.example/configure/?link=7.abc"' in page
    assert "<script>alert" not in page
    assert page.index("Second") < page.index("確認您的聯絡信箱")


def test_it_stops_at_fifty(folder):
    for number in range(letters.MOST + 1):
        keep(folder, str(number), "one", "text")
    assert len(letters.newest(folder)) == letters.MOST
