"""The portal as it runs in production: PostgreSQL, Redis, gunicorn, two workers, beat, Dovecot and Postfix; each can be
struck on its own."""

import json
import os
import secrets
import shutil
import signal
import sys
import tempfile
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import psycopg2
import redis
from _mailserver import MailServer
from _support import ROOT, Part, Parts, Trouble, free_port, http_answers

from tests import mailserver, servers
from tests.proxy import Proxy
from tests.visits.campus import AUDIENCE, Campus

PYTHON = Path(sys.executable)
WORKERS = ("first", "second")
SECONDS = 60.0
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL")
STEPS = (["migrate"], ["seed", "demo/portal-seed.json"], ["collectstatic", "--noinput"])


class Production:
    """All of it runs after ``start``. ``folder`` is its VAR_DIR, and TMPDIR and the logs are in it too.

    ``web`` and ``celery`` are the modules with the applications; ``logs`` is the level of everything that has one, and at
    DEBUG PostgreSQL writes down every statement and the workers send Celery's events. ``dovecot`` is the mail server,
    reached through ``proxy``, and None where its packages are not installed: then the embedded store serves.
    """

    def __init__(
        self, parts: Parts, stack: ExitStack, folder: Path, *, web: str, celery: str, logs: str = "INFO", **env: str
    ) -> None:
        self.parts, self.folder, self.port, self.logs = parts, folder, free_port(), folder / "log"
        for name in ("log", "redis", "tmp"):
            (folder / name).mkdir()
        everything = logs == "DEBUG"
        self.postgres = stack.enter_context(servers.postgres_server(*(["log_statement=all"] if everything else [])))
        self.redis_port, self.redis_password = free_port(), secrets.token_urlsafe(16)
        self.campus = Campus(folder / "handoff-keys.json")
        kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        self.env = kept | {
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "SECRET_KEY": secrets.token_urlsafe(50),
            "HTTPS": "0",
            "VAR_DIR": str(folder),
            "TMPDIR": str(folder / "tmp"),
            "HANDOFF_KEYS_FILE": str(folder / "handoff-keys.json"),
            "HANDOFF_AUDIENCE": AUDIENCE,
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": f"redis://:{self.redis_password}@127.0.0.1:{self.redis_port}",
            "LOG_LEVEL": logs,
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
        } | env  # fmt: skip
        gunicorn = ["-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "--log-level", logs.lower()]
        events = ["-E"] if everything else []
        # As deploy/systemd has it: pages come first.
        worker = ["nice", "-n", "5", PYTHON, "-m", "celery", "-A", celery, "worker", "-l", logs, "-c", "2", *events]
        self._argv: dict[str, list[str | Path]] = {
            "redis": ["redis-server", self._redis_configuration()],
            "web": [PYTHON, *gunicorn, "--bind", f"127.0.0.1:{self.port}", web],
            "beat": [PYTHON, "-m", "celery", "-A", "portal", "beat", "-l", logs, "-s", folder / "beat"],
        } | {name: [*worker, "-n", f"{name}@%h"] for name in WORKERS}
        self.dovecot = None if mailserver.missing_packages() else self._new_mail_server(stack)
        stack.callback(parts.stop)  # before PostgreSQL and the folders go
        self._running: dict[str, Part] = {}
        self._said_before: dict[str, int] = {}  # octets in its log when it was started

    def start(self) -> None:
        self.began = time.time()
        self.start_part("redis")
        for command in STEPS:
            self.manage(*command)
        if self.dovecot:
            self._start_mail_server(self.dovecot)
        for name in ("web", *WORKERS, "beat"):
            self.start_part(name)
        self.parts.wait_for(self._running["web"], lambda: http_answers(self.port))
        for name in WORKERS:
            self.wait_for_worker(name)

    def manage(self, *command: str, **env: str) -> None:
        argv = [PYTHON, "manage.py", *command]
        self.parts.finish(self.parts.start(command[0], *argv, log=self.logs / "steps.log", env=self.env | env))

    def inside(self, module: str, **env: str) -> Any:
        """What ``measure()`` of a module of tests.bench finds out in a Django process with the portal's environment."""
        answer = self.folder / "answer.json"
        argv = [PYTHON, "-m", "tests.bench.inside", module, answer]
        self.parts.finish(self.parts.start(module, *argv, log=self.logs / "steps.log", env=self.env | env))
        return json.loads(answer.read_text())

    def start_part(self, name: str, **env: str) -> None:
        log = self.logs / f"{name}.log"
        self._said_before[name] = log.stat().st_size if log.exists() else 0
        self._running[name] = self.parts.start(name, *self._argv[name], log=log, env=self.env | env)

    def start_also(self, name: str, *argv: str | Path, **env: str) -> None:
        """Another program with the portal's environment, whose output is its log."""
        self._argv[name] = list(argv)
        self.start_part(name, **env)

    def wait_for_worker(self, name: str) -> None:
        part = self._running[name]
        self.parts.wait_for(part, lambda: b" ready." in part.log.read_bytes()[self._said_before[name] :])

    def check(self) -> None:
        """Trouble if a part has ended that nobody has struck."""
        self.parts.check(*self._running.values())

    def pid(self, name: str) -> int:
        return self._running[name].process.pid

    def pids(self) -> list[int]:
        """Every process of the site, PostgreSQL's too."""
        groups = {part.process.pid for part in self._running.values()} | {self.postgres.process.pid}
        parents = {self.postgres.process.pid}
        found = []
        for entry in Path("/proc").glob("[0-9]*/stat"):
            with suppress(FileNotFoundError, ProcessLookupError):
                fields = entry.read_text().rpartition(")")[2].split()  # proc_pid_stat(5)
                if int(entry.parent.name) in groups or int(fields[1]) in parents or int(fields[2]) in groups:
                    found.append(int(entry.parent.name))
        return found

    def kill_part(self, name: str) -> None:
        """The process with all that it started, without a chance to say anything."""
        part = self._running.pop(name)
        self.parts.running.remove(part)
        part.signal_group(signal.SIGKILL)
        part.process.wait()

    def stop(self) -> None:
        """All of it but PostgreSQL, what was started last first."""
        while self._running:
            _, part = self._running.popitem()
            self.parts.stop_part(part)

    def worker_of(self, pid: int) -> str:
        return next(name for name in WORKERS if self.pid(name) == os.getpgid(pid))

    def redis_client(self, database: int = 0) -> redis.Redis:
        return redis.Redis(port=self.redis_port, password=self.redis_password, db=database, socket_timeout=10)

    def query(self, sql: str, database: str = "") -> list[tuple[Any, ...]]:
        """Of the portal's database or the one whose URL is given. With patience: PostgreSQL may be on its way up."""
        deadline = time.monotonic() + SECONDS
        while True:
            with suppress(psycopg2.OperationalError):
                connection = psycopg2.connect(database or self.postgres.url)
                connection.autocommit = True
                try:
                    with connection.cursor() as cursor:
                        cursor.execute(sql)
                        return list(cursor.fetchall()) if cursor.description else []
                finally:
                    connection.close()
            if time.monotonic() > deadline:
                raise Trouble(f"PostgreSQL does not answer. Its log: {self.postgres.folder}/log")
            time.sleep(0.1)

    def _new_mail_server(self, stack: ExitStack) -> MailServer:
        folder = Path(tempfile.mkdtemp(prefix="ms-", dir="/tmp"))  # the paths of sockets must be short
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.chmod(0o711)
        self.mail_folder = folder
        server = MailServer(folder / "kept", folder / "run", self.postgres.url.replace("/postgres", "/mail"))
        server.reader_password = secrets.token_urlsafe(12)
        server.portal = self.port
        self.proxy = stack.enter_context(Proxy.running(server.doveadm, server.lmtp))
        doveadm, lmtp = self.proxy.ports
        through = {"DOVEADM_URL": f"http://127.0.0.1:{doveadm}", "LMTP_URL": f"lmtp://127.0.0.1:{lmtp}"}
        self.env |= server.env() | through
        return server

    def _start_mail_server(self, server: MailServer) -> None:
        self.query("CREATE DATABASE mail")
        self.query(f"CREATE ROLE dovecot_ro LOGIN PASSWORD '{server.reader_password}'")
        self.query("UPDATE mailboxes_mailservice SET store = 'dovecot'")
        server.make_folders()
        for command in server.commands():
            self.manage(*command, **server.env())
        for name, (argv, port) in server.servers().items():
            self.start_also(name, *argv)
            servers.wait_for(port)

    def _redis_configuration(self) -> Path:
        """In a file, for the command line is everybody's to read."""
        path = self.folder / "redis.conf"
        lines = ("bind 127.0.0.1", f"port {self.redis_port}", f"requirepass {self.redis_password}")
        path.write_text("\n".join([*lines, f"dir {self.folder / 'redis'}", "appendonly yes", 'save ""']) + "\n")
        return path
