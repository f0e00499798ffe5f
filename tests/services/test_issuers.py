"""The programs of docs/issuers/, each run by its own language, and signed in with through the real door."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import Person
from tests.unit.sso_bridge.campus import AUDIENCE, PAIRS, key_set

ISSUERS = Path("docs/issuers").resolve()
NODE_MODULES = Path("tests/node_modules").resolve()  # npm ci --prefix tests

PROGRAMS = {
    "PHP": ["php", "issue.php"],
    "Perl": ["perl", "issue.pl"],
    "JavaScript": ["node", "issue.js"],
    "Python": [sys.executable, "issue.py"],
    "Java": ["java", "Issue.java"],
}
KEYS = {
    "PHP": ["campus-ed", "campus-hs"],
    "Perl": ["campus-ed", "campus-es", "campus-hs"],
    "JavaScript": ["campus-ed", "campus-es", "campus-hs"],
    "Python": ["campus-ed", "campus-es", "campus-hs"],
    "Java": ["campus-ed"],
}
EACH = [(language, kid) for language, kids in KEYS.items() for kid in kids]

WANG = {
    "ip": ["2001:db8::10", "127.0.0.1"],
    "sub": "z99999",
    "name": "王小明",
    "name_en": "WANG,HSIAO-MING",
    "category": "staff",
    "condition": "一般",
    "unit": "計算機與通訊中心「網路系統組」",
    "entry_year": 98,
    "lang": "en",
}


@pytest.fixture
def key_file(tmp_path: Path, settings: Settings) -> Path:
    """The portal knows every key of the test campus; the campus's private halves go beside it."""
    settings.HANDOFF_KEYS_FILE = tmp_path / "handoff-keys.json"
    settings.HANDOFF_KEYS_FILE.write_bytes(key_set())
    settings.HANDOFF_AUDIENCE = AUDIENCE
    return tmp_path


def issue(language: str, kid: str, folder: Path) -> str:
    """What the program prints, run as a reader would: in a folder of its own, beside what it needs."""
    program = PROGRAMS[language]
    if language == "Java" and shutil.which("java") is None:
        pytest.skip("Java's issuer was not run: there is no java here.")
    shutil.copy(ISSUERS / program[1], folder)
    (folder / "node_modules").symlink_to(NODE_MODULES)
    (folder / "campus.json").write_text(json.dumps(PAIRS[kid][0]))
    person = json.dumps(WANG, ensure_ascii=False).encode()
    run = subprocess.run([*program, "campus.json", AUDIENCE], cwd=folder, input=person, capture_output=True, timeout=60)
    assert (run.returncode, run.stderr) == (0, b"")
    return run.stdout.decode().strip()


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "kid"), EACH)
def test_what_the_program_prints_signs_the_person_in(language: str, kid: str, key_file: Path, client: Client) -> None:
    token = issue(language, kid, key_file)
    answer = client.post("/sso/handoff/", {"token": token}, REMOTE_ADDR="127.0.0.1")
    assert answer.status_code == 303, answer.text
    person = Person.objects.get(pk=client.session["_auth_user_id"])
    assert (person.number, person.name, person.passport_name) == ("z99999", "王小明", "WANG,HSIAO-MING")
    assert (person.category, person.condition, person.unit) == ("staff", "一般", WANG["unit"])
    assert (person.entry_year, person.language) == (98, "en")


def test_the_page_shows_every_program_and_says_which_cannot_be_tried_here() -> None:
    page = Path("docs/issuers.md").read_text()
    for program in sorted(path.name for path in ISSUERS.iterdir()):
        assert f"issuers/{program}" in page
    assert {path.name for path in ISSUERS.iterdir()} - {command[1] for command in PROGRAMS.values()} == {"Issue.cs"}
    assert "never been run" in page
