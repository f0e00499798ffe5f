from pathlib import Path

import pytest
from django.test import Client

from demo import settings

KEY = "a-key-of-the-campus-and-the-portal"


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    (tmp_path / "key").write_text(KEY + "\n")
    monkeypatch.setattr(settings, "DRIVE_KEY_FILE", str(tmp_path / "key"))
    return {"authorization": f"Bearer {KEY}"}


def test_it_says_how_full_somebodys_drive_is(stranger: Client, key: dict[str, str]) -> None:
    answer = stranger.get("/drive/", {"address": "hmwang@mx.nthu.edu.tw"}, headers=key).json()
    assert 0 <= answer["used"] <= answer["allowed"] == 100 * 1024**3
    assert stranger.get("/drive/", {"address": "hmwang@mx.nthu.edu.tw"}, headers=key).json() == answer
    assert stranger.get("/drive/", headers=key).status_code == 404


def test_it_tells_nobody_without_the_key(stranger: Client, key: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for wrong in ({}, {"authorization": "Bearer other"}, {"authorization": "Bearer "}, {"authorization": "Bearer 鑰"}):
        assert stranger.get("/drive/", {"address": "a@b"}, headers=wrong).status_code == 401
    monkeypatch.setattr(settings, "DRIVE_KEY_FILE", "")
    assert stranger.get("/drive/", {"address": "a@b"}, headers={"authorization": "Bearer "}).status_code == 401
