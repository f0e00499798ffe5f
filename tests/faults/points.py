"""Places in a process at which it can be caught: it stops there until it is killed.

The folder that FAULT_POINTS names holds an empty file for each point that is armed. The first process to come by takes the
file away and leaves one with its own number instead.
"""

import os
import time
from contextlib import suppress
from pathlib import Path

FOLDER = "FAULT_POINTS"
HELD_SECONDS = 25.0  # shorter than a task's time limit: a process that was caught too late goes on by itself
CLAIMS = "claims"


def come_by(point: str) -> None:
    """In the process under test: stop here if the point is armed."""
    folder = Path(os.environ[FOLDER])
    try:
        (folder / point).rename(folder / f"{point}.{os.getpid()}")
    except FileNotFoundError:
        return
    time.sleep(HELD_SECONDS)


def note_claim(job_id: int) -> None:
    """In the worker: write down which process has claimed which job when."""
    line = f"{time.time()} {os.getpid()} {job_id}\n".encode()
    descriptor = os.open(Path(os.environ[FOLDER]) / CLAIMS, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(descriptor, line)
    os.close(descriptor)


def catch(folder: Path, point: str, seconds: float) -> int | None:
    """In the harness: arm the point and wait for a process to stop there; its number, or None if none came by."""
    (folder / point).touch()
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for caught in folder.glob(f"{point}.*"):
            caught.unlink()
            return int(caught.suffix.removeprefix("."))
        time.sleep(0.005)
    with suppress(FileNotFoundError):
        (folder / point).unlink()
    return None


def claims(folder: Path) -> list[tuple[float, int, int]]:
    """Each claim in order: when (seconds since 1970), by which process, of which job."""
    if not (folder / CLAIMS).exists():
        return []
    lines = [line.split() for line in (folder / CLAIMS).read_text().splitlines()]
    return [(float(when), int(pid), int(job)) for when, pid, job in lines]
