"""bin/demo as a person starts it, on free ports and in a folder of its own."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers import stopped

ROOT = Path(__file__).resolve().parents[2]
SECONDS_TO_STOP = 40


@dataclass(frozen=True)
class Demo:
    portal: str  # the origin, without a slash at the end
    campus: str
    var: Path


@contextmanager
def running(var: Path, *options: str, **variables: str) -> Iterator[Demo]:
    """The demo from its "Ready" to its last process; it fails if anything of it is left."""
    port, campus_port = _free_ports()
    process = subprocess.Popen(
        [sys.executable, "bin/demo", *options],
        cwd=ROOT,
        env=os.environ | {"PORT": str(port), "CAMPUS_PORT": str(campus_port), "VAR_DIR": str(var)} | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        _wait_until_ready(process)
        yield Demo(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{campus_port}", var)
    finally:
        stopped_by_itself = process.poll() is not None
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=SECONDS_TO_STOP)
    assert not stopped_by_itself, f"bin/demo stopped during the tests:\n{said}"
    assert process.returncode == 0 and said.endswith("Everything has stopped.\n"), said
    assert not processes_of(var)


def processes_of(var: Path, having: str = "") -> list[int]:
    """The processes that were started with that folder, by its name in their environment or command line."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes()
            if os.fsencode(var) in command + (entry / "environ").read_bytes() and having.encode() in command:
                found.append(int(entry.name))
        except OSError:  # ended in the meantime, or somebody else's
            continue
    return sorted(pid for pid in found if pid != os.getpid())


@contextmanager
def worker_stopped(demo: Demo) -> Iterator[None]:
    """Nothing that is asked for is done until this ends: every process of the worker is frozen."""
    pids = processes_of(demo.var, having="celery")
    assert pids, "no worker is running"
    with stopped(pids):
        yield


@contextmanager
def mail_server_away(demo: Demo) -> Iterator[None]:
    """The mail server takes no change until this ends: somebody holds the lock on its users file."""
    (demo.var / "mail").mkdir(exist_ok=True)
    with (demo.var / "mail" / "users.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _wait_until_ready(process: subprocess.Popen[str]) -> None:
    """Until all is up; it gives up by itself after a minute, and then says why."""
    assert process.stdout
    said = ""
    for line in process.stdout:
        said += line
        if line.startswith("Logs are in"):
            return
    raise AssertionError(f"bin/demo did not start:\n{said}")


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]
