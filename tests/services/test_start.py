"""What stands on the terminal when a process of the site may not start: sentences, and no traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAMS = {
    "web": ["gunicorn", "-c", "deploy/gunicorn.conf.py", "--bind", "127.0.0.1:0"],
    "worker": ["celery", "-A", "portal", "worker"],
    "beat": ["celery", "-A", "portal", "beat", "-s", "{folder}/beat-schedule"],
}


def start(*command: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "0123456789abcdef" * 4,
        "HTTPS": "0",
        "VAR_DIR": str(folder),
        "PYTHONWARNINGS": "ignore",  # Celery's, of a worker that runs as root
    }
    argv = [sys.executable, *(word.format(folder=folder) for word in command)]
    return subprocess.run(argv, env=environment | variables, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_setting_that_cannot_be_read_ends_the_start_with_its_sentence_alone(program: str, tmp_path: Path) -> None:
    ended = start("-m", *PROGRAMS[program], folder=tmp_path, DATABASE_URL="mysql://portal@db/portal")
    assert ended.returncode == 3
    said = ended.stderr.splitlines()
    assert said[0] == "Not started."
    assert said[1].startswith("DATABASE_URL does not begin with postgres:// or sqlite://. Write it as postgres://")
    assert len(said) == 2


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_setting_that_a_check_refuses_ends_the_start_with_its_sentence_alone(program: str, tmp_path: Path) -> None:
    ended = start("-m", *PROGRAMS[program], folder=tmp_path, ALLOWED_HOSTS="mail.campus.example")
    assert ended.returncode == 3
    assert (
        "HTTPS is 0 while ALLOWED_HOSTS holds more than this machine. "
        "Set HTTPS=1, or ALLOWED_HOSTS to 127.0.0.1 for a trial. (portal.E001)"
    ) in ended.stderr.splitlines()
    assert "Traceback" not in ended.stderr


def test_a_web_process_also_needs_the_campus_key_and_the_static_files(tmp_path: Path) -> None:
    ended = start("-m", *PROGRAMS["web"], folder=tmp_path)
    assert ended.returncode == 3
    assert f"The key file {tmp_path}/handoff-keys.json cannot be read: No such file or directory." in ended.stderr
    assert f"The static files are not in {tmp_path}/static. Run manage.py collectstatic --noinput" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_command_says_the_sentence_too(tmp_path: Path) -> None:
    ended = start("manage.py", "migrate", folder=tmp_path, HANDOFF_SKEW="5s")
    assert ended.returncode == 1
    assert ended.stderr == "manage.py: HANDOFF_SKEW is '5s'. Set it to a whole number from 0 to 60.\n"
