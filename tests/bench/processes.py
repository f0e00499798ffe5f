"""What the kernel says of running processes: /proc, which only Linux has."""

import os
import sys
from pathlib import Path

READABLE = sys.platform.startswith("linux")
UTIME, STIME = 11, 12  # places after the name in proc_pid_stat(5)


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def megabytes(pid: int, field: str) -> float:
    """``field`` is VmRSS for what it holds now or VmHWM for the most it ever held."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:")) / 1024


def cpu_seconds(pids: list[int]) -> float:
    """The processor time that these processes have used in all."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[UTIME]) + int(fields[STIME])
    return ticks / os.sysconf("SC_CLK_TCK")
