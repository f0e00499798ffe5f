"""The portal as it runs at a university: gunicorn, worker and beat as processes, PostgreSQL and Redis."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from tests import servers
from tests.services.running_demo import PATIENCE, Browser, until
from tests.visits.campus import AUDIENCE, Campus

ROOT = Path(__file__).resolve().parents[2]
ADMIN_PASSWORD = "brass-lantern-forty-otters"


@dataclass
class Site:
    folder: Path
    postgres: servers.Server
    redis: servers.Server
    env: dict[str, str] = field(init=False)
    campus: Campus = field(init=False)
    gunicorn: subprocess.Popen[bytes] = field(init=False)

    def __post_init__(self) -> None:
        self.env = {
            "PATH": os.environ["PATH"],
            "PYTHONWARNINGS": "ignore",  # Celery's, of a worker that runs as root
            "PYTHONUNBUFFERED": "1",
            "SECRET_KEY": "0123456789abcdef" * 4,
            "HTTPS": "0",
            "VAR_DIR": str(self.folder),
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.redis.url,
            "HANDOFF_AUDIENCE": AUDIENCE,
            "WEB_CONCURRENCY": "1",
        }
        self.campus = Campus(self.folder / "handoff-keys.json")

    def install(self) -> None:
        for command in ("migrate", "seed demo/portal-seed.json", "collectstatic --noinput"):
            done = self.manage(*command.split())
            assert done.returncode == 0, done.stderr
        assert self.manage("make_administrator", "admin", "--password-stdin", typed=ADMIN_PASSWORD).returncode == 0

    def manage(self, *command: str, typed: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
        argv, env = [sys.executable, "manage.py", *command], self.env | variables
        return subprocess.run(argv, env=env, cwd=ROOT, input=typed, capture_output=True, text=True, timeout=PATIENCE)

    @contextmanager
    def web(self, port: int = 0) -> Iterator[int]:
        """The port of one gunicorn more."""
        port = port or servers.free_port()
        with self._running("gunicorn", "-c", "deploy/gunicorn.conf.py", BIND=f"127.0.0.1:{port}") as self.gunicorn:
            process = self.gunicorn
            assert until(lambda: process.poll() is not None or get(port, "/healthz")[0] == 200), "no web process"
            yield port

    @contextmanager
    def worker(self) -> Iterator[None]:
        with self._running("celery", "-A", "portal", "worker", "-c", "1", "-l", "info"):
            assert until(lambda: " ready." in self.log("celery-worker").read_text()), "no worker"
            yield

    @contextmanager
    def beat(self) -> Iterator[None]:
        with self._running("celery", "-A", "portal", "beat", "-s", str(self.folder / "beat-schedule")):
            yield

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    @contextmanager
    def _running(self, program: str, *arguments: str, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
        name = "-".join([program, *(word for word in arguments if word in ("worker", "beat"))])
        with self.log(name).open("w") as log:
            argv = [sys.executable, "-m", program, *arguments]
            process = subprocess.Popen(argv, env=self.env | variables, cwd=ROOT, stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def installed(folder: Path) -> Iterator[Site]:
    with ExitStack() as stack:
        site = Site(folder, stack.enter_context(servers.postgres_server()), stack.enter_context(servers.redis()))
        site.install()
        yield site


def doctor(site: Site, **variables: str) -> tuple[int, str]:
    ended = site.manage("doctor", **variables)
    assert "Traceback" not in ended.stderr, ended.stderr
    return ended.returncode, ended.stdout


def one_problem(said: tuple[int, str]) -> tuple[str, str]:
    """The problem's line and its cure, where there is just one."""
    status, text = said
    lines = text.splitlines()
    [at] = [number for number, line in enumerate(lines) if line.startswith("problem")]
    assert (status, lines[-1]) == (1, "1 problems.")
    return lines[at].removeprefix("problem  "), lines[at + 1].strip()


def get(port: int, path: str) -> tuple[int, str]:
    """Status and body; 0 where nobody listens or answers within the patience of a test."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode()
    except OSError:
        time.sleep(0.05)
        return 0, ""
    finally:
        connection.close()


def get_json(port: int, path: str) -> tuple[int, dict[str, Any]]:
    status, body = get(port, path)
    return status, json.loads(body)


def hand_over(browser: Browser, port: int, token: str) -> None:
    browser.open(f"http://127.0.0.1:{port}/sso/handoff/", {"token": token})


def try_password(port: int, user: str, password: str) -> Browser:
    """One attempt at the staff sign-in, from a browser that was never there before."""
    browser = Browser()
    browser.opener.addheaders = [("Accept-Language", "en")]
    browser.open(f"http://127.0.0.1:{port}/staff/sign-in/")
    browser.press("", login=user, password=password)
    return browser
