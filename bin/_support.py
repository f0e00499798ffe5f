"""What a script needs to run servers: their processes, their ports, and a folder that is its own. Standard library only."""

import contextlib
import ctypes
import errno
import fcntl
import hashlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
PR_SET_PDEATHSIG = 1  # linux/prctl.h
STOP_SECONDS = 20.0


class Trouble(Exception):
    """Something to tell the person at the terminal, as whole sentences."""


class Told(Exception):
    """Somebody asked us to stop."""


def say(text: str) -> None:
    shown = text.encode(sys.stdout.encoding, "replace").decode(sys.stdout.encoding)  # not every terminal knows Chinese
    # A terminal that was closed takes no more text, and that must not keep us from stopping the parts.
    with contextlib.suppress(OSError):
        print(shown, flush=True)


def last_lines(log: Path, count: int = 15) -> str:
    lines = log.read_text(errors="replace").splitlines()[-count:] if log.exists() else []
    return f" The end of {log}:" + "".join(f"\n    {line}" for line in lines)


# --- ports --------------------------------------------------------------------------------------------------------


def port_from(name: str, default: int) -> int:
    """The port that the variable ``name`` gives, if it makes sense and nobody listens there on 127.0.0.1."""
    value = os.environ.get(name, str(default))
    if not (value.isascii() and value.isdigit() and 0 < int(value) < 65536):
        raise Trouble(f"{name} is {value!r}. Set it to a port between 1024 and 65535, or leave it out for {default}.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(value)))
        except OSError as error:
            why = "taken by another program" if error.errno == errno.EADDRINUSE else f"not ours to use ({error.strerror})"
            raise Trouble(f"Port {value} is {why}. Choose another one: {name}={int(value) + 10} {sys.argv[0]}") from None
    return int(value)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Whether anything listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def http_answers(port: int) -> bool:
    """Whether a site's front page comes without a server error."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


# --- a folder that only one of us uses ---------------------------------------------------------------------------


def lock(path: Path) -> int:
    """Holds ``path`` until this process and every part that inherits the descriptor are gone."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        owner = os.read(descriptor, 20).decode() or "unknown"
        raise Trouble(
            f"Another demo uses {path.parent} (process {owner}). Stop it there with Ctrl-C, or use a second checkout."
        ) from None
    os.truncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)
    return descriptor


def private(path: Path, text: str) -> Path:
    """Written once, readable by us alone; whole or not at all."""
    if not path.exists():
        new = path.with_suffix(".new")
        new.touch(mode=0o600)
        new.write_text(text)
        new.rename(path)
    return path


# --- processes ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def has_said(self, words: str) -> bool:
        return words in self.log.read_text(errors="replace")

    def signal_group(self, number: int) -> None:
        """To everything that the part has started, too: each part leads a session of its own."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


def _die_with_parent() -> Callable[[], None] | None:
    """For a child to call first: the kernel ends it if we are killed without a chance to. Linux only."""
    if not sys.platform.startswith("linux"):
        return None
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def ask_kernel() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return ask_kernel


class Parts:
    """The processes of one run. Every one of them ends with it, however it ends."""

    def __init__(self, held: int) -> None:
        """``held``: a descriptor, our lock, that each part keeps open as long as it lives."""
        self.running: list[Part] = []
        self.told = False
        self._held = held
        self._die_with_parent = _die_with_parent()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self.told and number == signal.SIGINT:  # a second Ctrl-C
            self.kill()
        self.told = True

    def start(self, name: str, *argv: str | Path, log: Path, env: dict[str, str], cwd: Path = ROOT) -> Part:
        if self.told:
            raise Told
        with log.open("ab") as output:
            process = subprocess.Popen(
                argv,
                cwd=cwd,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=(self._held,),
                preexec_fn=self._die_with_parent,
            )
        part = Part(name, process, log)
        self.running.append(part)
        return part

    def wait_for(self, part: Part, answers: Callable[[], bool], seconds: float = 120) -> None:
        """Until the part answers. Trouble if it ends first or takes too long."""
        deadline = time.monotonic() + seconds
        while not answers():
            self.check(part)
            if time.monotonic() > deadline:
                raise Trouble(
                    f"{part.name} did not answer within {seconds:.0f} s. The end of {part.log}:{last_lines(part.log)}"
                )
            time.sleep(0.05)

    def finish(self, *steps: Part) -> None:
        """Waits for parts that end by themselves. Trouble if one of them fails."""
        for step in steps:
            while (code := step.process.poll()) is None:
                if self.told:
                    raise Told
                time.sleep(0.02)
            self.running.remove(step)
            if code:
                raise Trouble(f"{step.name} failed with status {code}.{last_lines(step.log)}")

    def check(self, *parts: Part) -> None:
        """Raises Told if we were asked to stop, Trouble if one of the parts has ended."""
        if self.told:
            raise Told
        for part in parts:
            if (code := part.process.poll()) is not None:
                raise Trouble(f"{part.name} has stopped with status {code}, so everything stops.{last_lines(part.log)}")

    def watch(self) -> None:
        while True:
            self.check(*self.running)
            time.sleep(0.2)

    def kill(self) -> None:
        for part in self.running:
            part.signal_group(signal.SIGKILL)

    def stop_part(self, part: Part) -> None:
        """One that the others can do without; what does not end in time is killed."""
        self.running.remove(part)
        part.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            part.process.wait(STOP_SECONDS)
        part.signal_group(signal.SIGKILL)
        part.process.wait()

    def stop(self) -> None:
        """The first part last: the others lean on it. What does not end in time is killed, and so is what it leaves."""
        for parts in (self.running[1:], self.running[:1]):
            for part in parts:
                part.process.terminate()
            deadline = time.monotonic() + STOP_SECONDS
            for part in parts:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    part.process.wait(max(0.0, deadline - time.monotonic()))
                part.signal_group(signal.SIGKILL)
                part.process.wait()
        self.running.clear()


def make_test_venv() -> Path:
    """``.venv`` with what tests/requirements.txt names, unless it is there already; the path of its Python."""
    python = ROOT / ".venv" / "bin" / "python"
    requirements = ROOT / "tests" / "requirements.txt"
    stamp = ROOT / ".venv" / "test-requirements.sha256"
    wanted = hashlib.sha256(requirements.read_bytes()).hexdigest()
    if not (stamp.exists() and stamp.read_text() == wanted):
        print("Installing the packages (only when they have changed) ...", flush=True)
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", python.parent.parent], check=True)
        pip: list[str | Path] = [
            python,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "-r",
            requirements,
        ]
        subprocess.run(pip, check=True)
        stamp.write_text(wanted)
    return python
