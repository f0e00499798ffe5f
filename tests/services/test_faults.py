"""Nothing that was answered "received" is lost, doubled or wrong, whatever server fails meanwhile: bin/faults in short."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mailboxes.provisioning.hashing import hash_password
from tests import mailserver, servers
from tests.faults.judging import fault_of
from tests.faults.mail import MaildirMail
from tests.faults.people import LOST, RECEIVED, REFUSED, Person, Request
from tests.faults.strikes import FAULTS

ROOT = Path(__file__).resolve().parent.parent.parent
ADDRESS = "hmwang@mx.nthu.edu.tw"
OPEN = [ADDRESS, "active", 0, 1]  # a row of judging.BOXES


@pytest.mark.skipif(
    servers.postgres_programs() is None or shutil.which("redis-server") is None,
    reason="No server was made to fail: PostgreSQL or Redis is not installed.",
)
def test_no_request_is_lost_doubled_or_wrong_whatever_fails() -> None:
    argv = [sys.executable, "-m", "tests.faults", "--times", "1", "--together"]
    env = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'bin'}"}
    run = subprocess.run(argv, cwd=ROOT, env=env, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    row = re.search(r"^\| (.+) \| (\d+) \| (\d+) \| \d+ \| 0 \| 0 \| 0 \| 0 \|$", run.stdout, re.MULTILINE)
    assert row, run.stdout
    assert int(row[2]) == sum(not (fault.of_mail_server and mailserver.missing_packages()) for fault in FAULTS)
    assert int(row[3]) > 20
    assert "was taken up by another" in run.stdout


# --- that the table would say so ------------------------------------------------------------------------------------------


@pytest.fixture
def mail(tmp_path: Path) -> MaildirMail:
    return MaildirMail(tmp_path)


Keep = Callable[..., None]


@pytest.fixture
def keep(tmp_path: Path) -> Keep:
    """The mail system holds one account a password, with so many letters in it."""

    def kept(*passwords: str, letters: int = 1) -> None:
        (tmp_path / "users").write_text("".join(f"{ADDRESS}:{hash_password(each)}:0:0::::\n" for each in passwords))
        for folder in ("new", "cur"):
            (tmp_path / "mx.nthu.edu.tw" / "hmwang" / "Maildir" / folder).mkdir(parents=True)
        for number in range(letters):
            (tmp_path / "mx.nthu.edu.tw" / "hmwang" / "Maildir" / "new" / str(number)).touch()

    return kept


def kind_of(mail: MaildirMail, *answers: str, rows: list[list[object]]) -> str:
    """What is found wrong with a person whose requests got these answers; the passwords are "0", "1" and so on."""
    requests = [Request("reset" if number else "apply", str(number), answer) for number, answer in enumerate(answers)]
    found = fault_of(Person(1, requests), rows, mail.accounts(), mail)
    return found[0] if found else "right"


@pytest.mark.parametrize(
    ("answers", "in_force", "verdict"),
    [
        ((RECEIVED,), "0", "right"),
        ((RECEIVED, RECEIVED), "1", "right"),
        ((RECEIVED, RECEIVED), "0", "wrong"),
        ((RECEIVED, REFUSED), "0", "right"),
        ((RECEIVED, REFUSED), "1", "wrong"),
        ((RECEIVED, LOST), "0", "right"),
        ((RECEIVED, LOST), "1", "right"),
        ((LOST, LOST, RECEIVED), "1", "wrong"),
        ((RECEIVED,), "something else", "wrong"),
    ],
)
def test_the_newest_received_password_or_a_later_one_must_be_in_force(
    mail: MaildirMail, keep: Keep, answers: tuple[str, ...], in_force: str, verdict: str
) -> None:
    keep(in_force)
    assert kind_of(mail, *answers, rows=[OPEN]) == verdict


def test_a_mailbox_must_be_there_once_with_one_letter(mail: MaildirMail, keep: Keep) -> None:
    assert kind_of(mail, RECEIVED, rows=[]) == "lost"
    assert kind_of(mail, LOST, rows=[]) == "right"
    assert kind_of(mail, RECEIVED, rows=[OPEN]) == "lost"
    assert kind_of(mail, RECEIVED, rows=[OPEN, OPEN]) == "doubled"
    assert kind_of(mail, RECEIVED, rows=[[ADDRESS, "pending", 1, 0]]) == "waiting"
    assert kind_of(mail, RECEIVED, rows=[[ADDRESS, "pending", 0, 0]]) == "lost"


@pytest.mark.parametrize(("accounts", "letters", "verdict"), [(2, 1, "doubled"), (1, 2, "doubled"), (1, 0, "lost")])
def test_two_accounts_or_two_letters_are_double(
    mail: MaildirMail, keep: Keep, accounts: int, letters: int, verdict: str
) -> None:
    keep(*["0"] * accounts, letters=letters)
    assert kind_of(mail, RECEIVED, rows=[OPEN]) == verdict
