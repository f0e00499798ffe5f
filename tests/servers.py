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
from dataclasses import dataclass
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
class Postgres:
    """A cluster in a folder of its own. It refuses to run as root, so root lends it the user "postgres"."""

    folder: Path
    port: int
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgres://portal@127.0.0.1:{self.port}/postgres"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def start(self, *settings: str) -> None:
        """``settings`` are like ``log_statement=all``; the same ones are wanted at each start."""
        options = [word for setting in ("fsync=off", "max_connections=200", *settings) for word in ("-c", setting)]
        argv = [_programs() / "postgres", "-D", self.folder / "data", "-p", str(self.port), "-h", "127.0.0.1"]
        with self.log.open("a") as log:
            self._process = subprocess.Popen(
                [*argv, "-k", str(self.folder), *options], stderr=log, cwd=self.folder, **_owner(),  # type: ignore[call-overload]
            )  # fmt: skip
        _wait_for(self.port)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT ends every connection and shuts down; SIGQUIT stops at once, and the next start recovers."""
        if self._process:
            self._process.send_signal(how)
            self._process.wait(timeout=START_SECONDS)


@contextmanager
def postgres_cluster() -> Iterator[Postgres]:
    """A new cluster, not started yet."""
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # socket paths must be short
    if user := _owner():
        os.chown(folder, user["user"], user["group"])
    cluster = Postgres(folder, free_port())
    try:
        subprocess.run(
            [_programs() / "initdb", "-D", folder / "data", "-U", "portal", "-A", "trust", "-E", "UTF8", "--no-sync"],
            check=True, stdout=subprocess.DEVNULL, cwd=folder, **_owner(),  # type: ignore[call-overload]
        )  # fmt: skip
        try:
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres() -> Iterator[str]:
    """A new PostgreSQL cluster that runs; the value is its DATABASE_URL."""
    with postgres_cluster() as cluster:
        cluster.start()
        yield cluster.url


def _programs() -> Path:
    programs = postgres_programs()
    if programs is None:
        raise RuntimeError("PostgreSQL is not installed.")
    return programs


def _owner() -> dict[str, int]:
    """For subprocess: whom the cluster belongs to, where we are root."""
    if os.getuid() != 0:
        return {}
    owner = pwd.getpwnam("postgres")
    return {"user": owner.pw_uid, "group": owner.pw_gid}


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if time.monotonic() > deadline:
            raise RuntimeError(f"Nothing answers on port {port}.")
        time.sleep(0.05)
