"""The tools as a programmer of the campus runs them: in a shell, with pipes."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import CommandError, call_command

from sso_bridge.keyset import BadKeySet, read
from tests.unit.sso_bridge.campus import ADDRESS, NOW, PAIRS, key_set, token

VECTORS = json.loads(Path("docs/handoff-vectors.json").read_text())

# fmt: off
CHANG = [
    "--sub", "9800011", "--ip", "::1", "--ip", ADDRESS, "--name", "張志豪", "--name-en", "CHANG,CHIH-HAO",
    "--category", "student", "--condition", "校", "--entry-year", "98", "--unit", "資訊系", "--lang", "en",
]
# fmt: on

Handoff = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def handoff(tmp_path: Path) -> Handoff:
    """Runs manage.py handoff with a key file of the test campus in a folder of its own."""
    (tmp_path / "handoff-keys.json").write_bytes(key_set())
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "SECRET_KEY": "for-this-test-only-" + "t" * 50,
        "HTTPS": "0",
        "VAR_DIR": str(tmp_path),
        "HANDOFF_AUDIENCE": "portal.test",
    }

    def run(*arguments: str, stdin: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", "handoff", *arguments]
        return subprocess.run(command, input=stdin, env=environment | variables, capture_output=True, text=True, timeout=60)

    return run


def test_check_agrees_with_every_published_vector(handoff: Handoff, tmp_path: Path) -> None:
    (tmp_path / "vector-keys.json").write_text(json.dumps(VECTORS["keys"]))
    lines = "".join(json.dumps(case) + "\n" for case in VECTORS["cases"])
    checked = handoff("check", "--jsonl", stdin=lines, HANDOFF_KEYS_FILE=str(tmp_path / "vector-keys.json"))
    assert (checked.returncode, checked.stderr) == (0, "")
    answers = [json.loads(line) for line in checked.stdout.splitlines()]
    assert len(answers) == len(VECTORS["cases"])
    for case, answer in zip(VECTORS["cases"], answers, strict=True):
        if case["expect"].get("ok"):
            assert answer["ok"] is True, case["name"]
            assert answer["claims"]["sub"] == "z99999"
        else:
            assert answer["ok"] is False, case["name"]
            assert answer["code"] in case["expect"]["codes"], case["name"]


def test_check_prints_what_the_portal_read_of_a_good_token(handoff: Handoff) -> None:
    checked = handoff("check", "--ip", ADDRESS, "--now", str(NOW), stdin=token().decode() + "\n")
    assert checked.returncode == 0
    answer = json.loads(checked.stdout)
    assert answer["ok"] is True
    assert (answer["claims"]["name"], answer["claims"]["ip"], answer["claims"]["exp"]) == ("王小明", [ADDRESS], NOW + 120)
    assert "unit" not in answer["claims"]
    assert "王小明" in checked.stdout
    assert "\x1b" not in checked.stdout


def test_check_exits_1_with_the_code_of_a_refusal(handoff: Handoff) -> None:
    checked = handoff("check", "--ip", "198.51.100.7", "--now", str(NOW), stdin=token().decode())
    assert (checked.returncode, checked.stdout, checked.stderr) == (1, '{"ok": false, "code": "ip-mismatch"}\n', "")
    late = handoff("check", "--ip", ADDRESS, "--now", str(NOW + 126), stdin=token().decode())
    assert (late.returncode, json.loads(late.stdout)["code"]) == (1, "expired")


def test_check_tells_the_programmer_what_is_malformed(handoff: Handoff) -> None:
    checked = handoff("check", "--ip", ADDRESS, "--now", str(NOW), stdin=token(ip="unknown", name_en="a\nb").decode())
    assert (checked.returncode, checked.stdout) == (1, '{"ok": false, "code": "malformed"}\n')
    assert checked.stderr == "missing or unfit: ip, name_en\n"


def test_check_spends_nothing_and_needs_no_database(handoff: Handoff) -> None:
    for _ in range(2):
        checked = handoff(
            "check",
            "--ip",
            ADDRESS,
            "--now",
            str(NOW),
            stdin=token().decode(),
            DATABASE_URL="postgres://nobody@127.0.0.1:1/none",
        )
        assert json.loads(checked.stdout)["ok"] is True


def test_check_uses_the_sites_own_settings(handoff: Handoff) -> None:
    good = token().decode()
    elsewhere = handoff("check", "--ip", ADDRESS, "--now", str(NOW), stdin=good, HANDOFF_AUDIENCE="elsewhere.test")
    assert json.loads(elsewhere.stdout)["code"] == "wrong-audience"
    patient = handoff("check", "--ip", ADDRESS, "--now", str(NOW + 180), stdin=good, HANDOFF_SKEW="60")
    assert json.loads(patient.stdout)["ok"] is True


def test_check_says_which_line_is_no_case(handoff: Handoff) -> None:
    good = '{"token": "x", "ip": "::1"}'
    for line in ("not json", '{"token": 1, "ip": "::1"}', '{"token": "x", "ip": "::1", "now": "1"}'):
        checked = handoff("check", "--jsonl", stdin=f"{good}\n\n{line}\n")
        assert (checked.returncode, checked.stdout) == (2, '{"ok": false, "code": "malformed"}\n')
        assert "Line 3 is not a case" in checked.stderr


def test_check_says_what_is_missing_to_judge_at_all(handoff: Handoff, tmp_path: Path) -> None:
    assert "--ip" in handoff("check", stdin="x").stderr
    unreadable = handoff("check", "--ip", ADDRESS, stdin="x", HANDOFF_KEYS_FILE=str(tmp_path / "none.json"))
    assert unreadable.returncode == 2
    assert "none.json cannot be read" in unreadable.stderr


@pytest.mark.parametrize("alg", ["EdDSA", "ES256", "HS256"])
def test_a_new_key_signs_what_the_portal_takes(alg: str, handoff: Handoff, tmp_path: Path) -> None:
    made = handoff("new-key", "--alg", alg, "--issuer", "https://ais.example", "--kid", "campus-2026")
    assert (made.returncode, made.stderr) == (0, "")
    pair = json.loads(made.stdout)
    assert pair["private"].items() >= {"kid": "campus-2026", "alg": alg, "portal_iss": "https://ais.example"}.items()
    assert "d" not in pair["public"]
    (tmp_path / "handoff-keys.json").write_text(json.dumps({"keys": [pair["public"]]}))
    private = tmp_path / "private.json"
    private.write_text(json.dumps(pair["private"]))
    minted = handoff("issue", "--key", str(private), *CHANG)
    assert minted.returncode == 0
    answer = json.loads(handoff("check", "--ip", ADDRESS, stdin=minted.stdout).stdout)
    assert (
        answer["claims"].items()
        >= {"iss": "https://ais.example", "sub": "9800011", "entry_year": 98, "unit": "資訊系"}.items()
    )
    if alg == "HS256":
        assert pair["public"]["k"] == pair["private"]["k"]
    else:
        with pytest.raises(BadKeySet, match="private key"):
            read(json.dumps({"keys": [pair["private"]]}).encode(), private_keys=False)


def test_issue_prints_a_whole_link(handoff: Handoff, tmp_path: Path) -> None:
    private = tmp_path / "private.json"
    private.write_text(json.dumps(PAIRS["campus-ed"][0]))
    made = handoff(
        "issue", "--key", str(private), "--sub", "z99999", "--ip", "127.0.0.1", "--link", "https://portal.example/"
    )
    link = urlsplit(made.stdout.strip())
    assert (link.scheme, link.netloc, link.path) == ("https", "portal.example", "/sso/handoff/")
    (octets,) = parse_qs(link.query)["token"]
    answer = json.loads(handoff("check", "--ip", "127.0.0.1", stdin=octets).stdout)
    assert (answer["ok"], answer["claims"]["sub"]) == (True, "z99999")


@pytest.mark.parametrize("content", [None, "not json", "[]", '{"kty": "OKP"}', json.dumps(PAIRS["campus-ed"][1])])
def test_issue_says_that_a_file_is_no_private_key(content: str | None, tmp_path: Path) -> None:
    private = tmp_path / "private.json"
    if content is not None:
        private.write_text(content)
    with pytest.raises(CommandError, match=f"{private} is not a private JWK") as caught:
        call_command("handoff", "issue", "--key", str(private), "--sub", "z99999", "--ip", "127.0.0.1")
    assert caught.value.returncode == 2


def manage(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "SECRET_KEY": "for-this-test-only-" + "t" * 50,
        "HTTPS": "0",
        "VAR_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/portal.sqlite3",
    }
    return subprocess.run([sys.executable, "manage.py", *arguments], env=environment, capture_output=True, text=True)


def test_a_new_installation_is_told_at_check_and_can_migrate_and_make_its_first_key(tmp_path: Path) -> None:
    checked = manage("check", folder=tmp_path)
    assert checked.returncode == 1
    assert "(sso_bridge.E001) The key file" in checked.stderr
    migrated = manage("migrate", folder=tmp_path)
    assert migrated.returncode == 0, migrated.stderr
    assert "(sso_bridge.W001) The key file" in migrated.stderr
    assert manage("handoff", "new-key", "--issuer", "https://ais.test", "--kid", "k", folder=tmp_path).returncode == 0
