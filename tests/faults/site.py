"""The portal as it runs in production, each of its servers to be struck: PostgreSQL, Redis, gunicorn, two workers, beat."""

import os
import secrets
import signal
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import psycopg2
import redis
from _support import ROOT, Part, Parts, Trouble, free_port, http_answers

from tests import servers
from tests.visits.campus import AUDIENCE, Campus

PYTHON = Path(sys.executable)
WORKERS = ("first", "second")
SECONDS = 60.0


class Site:
    """All of it runs after ``start``; ``points`` is the folder by which processes are caught."""

    def __init__(self, parts: Parts, stack: ExitStack, folder: Path) -> None:
        self.parts, self.folder = parts, folder
        self.points, self.logs = folder / "points", folder / "log"
        for place in (self.points, self.logs, folder / "redis"):
            place.mkdir()
        self.postgres = stack.enter_context(servers.postgres_server())
        self._running: dict[str, Part] = {}
        self._said_before: dict[str, int] = {}  # octets in its log when it was started
        self.port = free_port()
        self._redis_port, self._redis_password = free_port(), secrets.token_urlsafe(16)
        (folder / "redis.conf").write_text(
            f"bind 127.0.0.1\nport {self._redis_port}\nrequirepass {self._redis_password}\n"
            f'dir {folder / "redis"}\nappendonly yes\nsave ""\n'
        )
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR") if name in os.environ}
        self.env = kept | {
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "SECRET_KEY": secrets.token_urlsafe(50),
            "HTTPS": "0",
            "VAR_DIR": str(folder),
            "HANDOFF_KEYS_FILE": str(folder / "handoff-keys.json"),
            "HANDOFF_AUDIENCE": AUDIENCE,
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": f"redis://:{self._redis_password}@127.0.0.1:{self._redis_port}",
            "FAULT_POINTS": str(self.points),
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
        }
        self.campus = Campus(folder / "handoff-keys.json")
        self._argv: dict[str, list[str | Path]] = {
            "redis": ["redis-server", folder / "redis.conf"],
            "web": [PYTHON, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "--bind", f"127.0.0.1:{self.port}"],
            "beat": [PYTHON, "-m", "celery", "-A", "portal", "beat", "-s", folder / "beat"],
        }  # fmt: skip
        self._argv["web"].append("tests.faults.web")
        for name in WORKERS:
            self._argv[name] = [PYTHON, "-m", "celery", "-A", "tests.faults.worker", "worker"]
            self._argv[name] += ["-l", "info", "-c", "2", "-n", f"{name}@%h"]

    def start(self) -> None:
        self.start_part("redis")
        for command in (["migrate"], ["seed", "demo/portal-seed.json"], ["collectstatic", "--noinput"]):
            argv = [PYTHON, "manage.py", *command]
            self.parts.finish(self.parts.start(command[0], *argv, log=self.logs / "steps.log", env=self.env))
        for name in ("web", *WORKERS, "beat"):
            self.start_part(name)
        self.parts.wait_for(self._running["web"], lambda: http_answers(self.port))
        for name in WORKERS:
            self.wait_for_worker(name)

    def start_part(self, name: str) -> None:
        log = self.logs / f"{name}.log"
        self._said_before[name] = log.stat().st_size if log.exists() else 0
        self._running[name] = self.parts.start(name, *self._argv[name], log=log, env=self.env)

    def wait_for_worker(self, name: str) -> None:
        part = self._running[name]
        self.parts.wait_for(part, lambda: b" ready." in part.log.read_bytes()[self._said_before[name] :])

    def pid(self, name: str) -> int:
        return self._running[name].process.pid

    def kill_part(self, name: str) -> None:
        """The process with all that it started, without a chance to say anything."""
        part = self._running.pop(name)
        self.parts.running.remove(part)
        part.signal_group(signal.SIGKILL)
        part.process.wait()

    def worker_of(self, pid: int) -> str:
        return next(name for name in WORKERS if self.pid(name) == os.getpgid(pid))

    def redis(self) -> redis.Redis:
        return redis.Redis(port=self._redis_port, password=self._redis_password, socket_timeout=10)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Asked with patience: PostgreSQL may be on its way up."""
        deadline = time.monotonic() + SECONDS
        while True:
            with suppress(psycopg2.OperationalError):
                connection = psycopg2.connect(self.postgres.url)
                try:
                    with connection.cursor() as cursor:
                        cursor.execute(sql)
                        return list(cursor.fetchall())
                finally:
                    connection.close()
            if time.monotonic() > deadline:
                raise Trouble(f"PostgreSQL does not answer. Its log: {self.postgres.folder}/log")
            time.sleep(0.1)
