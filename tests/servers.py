"""Real servers for tests, in short temporary directories on free ports; each is gone when its ``with`` ends."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

START_SECONDS = 30.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def postgres_programs() -> Path | None:
    """The newest installed PostgreSQL's programs (Debian keeps them out of PATH), or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    return found[-1] if found else None


@dataclass
class Server:
    """``url`` is what DATABASE_URL or REDIS_URL takes; ``folder`` holds its data and its log; ``is_ready`` is a command that
    succeeds once it does more than listen."""

    url: str
    folder: Path
    port: int
    argv: list[str | Path]
    user: dict[str, int]  # for subprocess
    is_ready: list[str | Path] = field(default_factory=list)
    process: subprocess.Popen[bytes] = field(init=False)

    def start(self) -> None:
        with (self.folder / "log").open("a") as log:
            self.process = subprocess.Popen(self.argv, stdout=log, stderr=log, cwd=self.folder, **self.user)  # type: ignore[call-overload]
        wait_for(self.port)
        deadline = time.monotonic() + START_SECONDS
        while self.is_ready and subprocess.run(self.is_ready, stdout=subprocess.DEVNULL).returncode:
            if time.monotonic() > deadline:
                raise RuntimeError(f"{self.argv[0]} does not get ready.")
            time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Of PostgreSQL, SIGINT ends all connections and shuts down, SIGQUIT stops at once and the next start recovers."""
        self.process.send_signal(how)
        self.process.wait(timeout=START_SECONDS)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """It and its children take connections, but do nothing."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        with stopped([self.process.pid, *map(int, children)]):
            yield


@contextmanager
def stopped(pids: list[int]) -> Iterator[None]:
    """These processes do nothing until this ends."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        # The parent last: once awake it buries a child that ended meanwhile, and that number is then nobody's.
        for pid in reversed(pids):
            os.kill(pid, signal.SIGCONT)


@contextmanager
def redis() -> Iterator[Server]:
    """A new Redis with nothing in it, that keeps nothing."""
    folder = Path(tempfile.mkdtemp(prefix="redis-", dir="/tmp"))
    port = free_port()
    argv = ["/usr/bin/redis-server", "--bind", "127.0.0.1", "--port", str(port), "--dir", folder]
    server = Server(f"redis://127.0.0.1:{port}", folder, port, [*argv, "--save", "", "--appendonly", "no"], {})
    try:
        server.start()
        yield server
    finally:
        server.process.kill()
        server.process.wait(timeout=START_SECONDS)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres() -> Iterator[str]:
    """A new PostgreSQL cluster; the value is its DATABASE_URL."""
    with postgres_server() as server:
        yield server.url


@contextmanager
def postgres_server(*settings: str) -> Iterator[Server]:
    """It refuses to run as root, so root lends it "postgres"; ``settings`` are like ``log_statement=all``."""
    programs = postgres_programs()
    if programs is None:
        raise RuntimeError("PostgreSQL is not installed.")
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # socket paths must be short
    owner = pwd.getpwnam("postgres") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    os.chown(folder, owner.pw_uid, owner.pw_gid)
    port = free_port()
    user = {"user": owner.pw_uid, "group": owner.pw_gid} if os.getuid() == 0 else {}
    argv = [programs / "postgres", "-D", folder / "data", "-p", str(port), "-h", "127.0.0.1", "-k", folder]
    options = [word for setting in ("fsync=off", "max_connections=200", *settings) for word in ("-c", setting)]
    is_ready: list[str | Path] = [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
    server = Server(f"postgres://portal@127.0.0.1:{port}/postgres", folder, port, [*argv, *options], user, is_ready)
    try:
        subprocess.run(
            [programs / "initdb", "-D", folder / "data", "-U", "portal", "-A", "trust", "-E", "UTF8", "--no-sync"],
            check=True, stdout=subprocess.DEVNULL, cwd=folder, **user,  # type: ignore[call-overload]
        )  # fmt: skip
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def wait_for(port: int) -> None:
    """Until something listens there; RuntimeError if nothing does in half a minute."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if time.monotonic() > deadline:
            raise RuntimeError(f"Nothing answers on port {port}.")
        time.sleep(0.05)
