"""wrk, the load generator (https://github.com/wg/wrk), and how to come by it."""

import os
import re
import shutil
import subprocess

from _support import Trouble

from tests.visits.browser import HEADERS

CONNECTIONS = 8


def available() -> bool:
    """Whether wrk is there, installed just now from Debian's packages if it may be."""
    if shutil.which("wrk") is None and shutil.which("apt-get"):
        become = [] if os.getuid() == 0 else ["sudo", "-n"]
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for words in (["update"], ["install", "-y", "--no-install-recommends", "wrk"]):
            if subprocess.run([*become, "apt-get", "-qq", *words], env=environment, capture_output=True).returncode:
                break
    return shutil.which("wrk") is not None


def load(url: str, *, cookie: str, seconds: int) -> tuple[int, float]:
    """The number of answers, and how many there were a second; Trouble if any of them is an error."""
    headers = [word for name, value in (HEADERS | {"Cookie": cookie}).items() for word in ("-H", f"{name}: {value}")]
    argv = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", *headers, url]
    result = subprocess.run(argv, capture_output=True, text=True)
    count = re.search(r"(\d+) requests in", result.stdout)
    rate = re.search(r"Requests/sec:\s+([0-9.]+)", result.stdout)
    if count is None or rate is None or "Non-2xx" in result.stdout or "Socket errors" in result.stdout:
        raise Trouble(f"wrk at {url}: {result.stdout} {result.stderr}")
    return int(count[1]), float(rate[1])
