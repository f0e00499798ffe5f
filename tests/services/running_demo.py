"""bin/demo as somebody meets it: a copy of the checkout, in a folder with a space in its name, run from another directory.

What the processes do is read from /proc, so this is for Linux.
"""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

ROOT = Path(__file__).resolve().parent.parent.parent
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "var", "node_modules", "__pycache__", ".*_cache")
UP = "Ctrl-C stops everything."
PATIENCE = 120  # seconds until something that must happen has not


def until(happened: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return True
    return False


# --- a demo -----------------------------------------------------------------------------------------------------------


@dataclass
class Demo:
    checkout: Path
    var: Path
    port: int
    campus_port: int
    county_port: int
    process: subprocess.Popen[str]
    said: str = ""

    @property
    def portal(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    @property
    def campus(self) -> str:
        return f"http://127.0.0.1:{self.campus_port}/"

    @property
    def county(self) -> str:
        return f"http://127.0.0.1:{self.county_port}/"

    def read_until(self, words: str) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.said += line
            if words in line:
                return
        raise AssertionError(f"bin/demo ended without saying {words!r}:\n{self.said}")

    def end(self, patience: float = PATIENCE) -> int:
        """What it says to its end, added to ``said``; its exit status."""
        self.said += self.process.communicate(timeout=patience)[0]
        return self.process.returncode

    def parts(self) -> dict[int, str]:
        """The command line of every process working in the checkout or on its data, by its id, but not bin/demo's."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                place = (folder / "cwd").readlink()
                if place.is_relative_to(self.checkout) or place.is_relative_to(self.var):
                    found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
        return found

    def is_gone(self) -> bool:
        return not self.parts() and all(map(is_free, (self.port, self.campus_port, self.county_port)))


def copy_of_checkout(folder: Path) -> Path:
    """With the packages of this checkout, if it has them, so that nothing is installed again."""
    copy = folder / "a checkout"
    shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
    if (ROOT / ".venv").exists():
        (copy / ".venv").symlink_to(ROOT / ".venv")
    return copy


@contextlib.contextmanager
def started(checkout: Path, *arguments: str, **variables: object) -> Iterator[Demo]:
    ports = dict(zip(("PORT", "CAMPUS_PORT", "COUNTY_PORT"), free_ports(3), strict=True))
    environment = {name: value for name, value in os.environ.items() if name != "VAR_DIR"}  # the test run's own
    environment |= {name: str(value) for name, value in (ports | variables).items()}
    process = subprocess.Popen(
        [checkout / "bin" / "demo", *arguments],
        cwd="/",
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    var = Path(str(variables.get("VAR_DIR", checkout / "var")))
    demo = Demo(checkout, var, *ports.values(), process)
    try:
        yield demo
    finally:
        process.terminate()
        process.wait(PATIENCE)
        for pid in demo.parts():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


# --- a browser --------------------------------------------------------------------------------------------------------


class Watching(HTTPRedirectHandler):
    """Follows redirects as a browser does, and keeps the addresses."""

    def __init__(self, seen: list[str]) -> None:
        self.seen = seen

    def redirect_request(self, request, fp, code, message, headers, newurl):  # type: ignore[no-untyped-def]
        self.seen.append(newurl)
        return super().redirect_request(request, fp, code, message, headers, newurl)


@dataclass
class Browser:
    """One cookie jar for every port of the host, as in a real one; ``tokens`` are those that passed through its hands."""

    address: str = ""
    page: str = ""
    status: int = 0
    tokens: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.redirects: list[str] = []
        self.opener = build_opener(HTTPCookieProcessor(CookieJar()), Watching(self.redirects))

    def open(self, address: str, data: dict[str, str] | list[tuple[str, str]] | None = None) -> None:
        body = urlencode(data).encode() if data else None
        request = Request(urljoin(self.address, address), body)  # noqa: S310 - an address of this machine
        try:
            response = self.opener.open(request, timeout=PATIENCE)
        except HTTPError as error:
            response = error
        with response:
            self.address, self.status, self.page = response.geturl(), response.status, response.read().decode()
        for address in (*self.redirects, self.address):
            self.tokens.update(parse_qs(urlsplit(address).query).get("token", []))
        self.tokens.update(re.findall(r'name="token" value="([^"]+)"', self.page))

    def press(self, action: str, /, **chosen: str) -> None:
        """Sends the form of that action, or the one without any for "", with its hidden fields."""
        forms = re.findall(r"<form.*?</form>", self.page, re.DOTALL)
        form = next((form for form in forms if f' action="{action}"' in form or not (action or " action=" in form)), None)
        assert form, f"no form for {action!r} at {self.address}:\n{self.page}"
        hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
        self.open(action, [*hidden, *chosen.items()])
