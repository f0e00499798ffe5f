"""bin/demo as somebody meets it: a copy of the checkout, in a folder with a space in its name, run from another directory.

What the processes do is read from /proc, so these tests are for Linux.
"""

import contextlib
import http.client
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "var", "node_modules", "__pycache__", ".*_cache")
UP = "Ctrl-C stops everything."
PATIENCE = 60  # seconds until something that must happen has not


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
    port: int
    campus_port: int
    process: subprocess.Popen[str]
    said: str = ""

    @property
    def portal(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    @property
    def campus(self) -> str:
        return f"http://127.0.0.1:{self.campus_port}/"

    def read_until(self, words: str) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.said += line
            if words in line:
                return
        raise AssertionError(f"bin/demo ended without saying {words!r}:\n{self.said}")

    def end(self) -> int:
        """What it says to its end, added to ``said``; its exit status."""
        self.said += self.process.communicate(timeout=PATIENCE)[0]
        return self.process.returncode

    def parts(self) -> dict[int, str]:
        """The command line of every process that works inside the checkout, but bin/demo itself, by its id."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if (folder / "cwd").readlink().is_relative_to(self.checkout):
                    found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
        return found

    def is_gone(self) -> bool:
        return not self.parts() and is_free(self.port) and is_free(self.campus_port)


Start = Callable[..., Demo]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("demo") / "a checkout"
    shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
    if (ROOT / ".venv").exists():
        (copy / ".venv").symlink_to(ROOT / ".venv")
    return copy


@contextlib.contextmanager
def started(checkout: Path, *arguments: str, **variables: object) -> Iterator[Demo]:
    port, campus_port = free_ports(2)
    environment = {"PORT": port, "CAMPUS_PORT": campus_port} | variables
    process = subprocess.Popen(
        [checkout / "bin" / "demo", *arguments],
        cwd="/",
        env=os.environ | {name: str(value) for name, value in environment.items()},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    demo = Demo(checkout, port, campus_port, process)
    try:
        yield demo
    finally:
        process.terminate()
        process.wait(PATIENCE)
        for pid in demo.parts():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def running(checkout: Path) -> Iterator[Demo]:
    with started(checkout) as demo:
        demo.read_until(UP)
        yield demo


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

    def open(self, address: str, data: dict[str, str] | None = None) -> None:
        request = Request(urljoin(self.address, address), urlencode(data).encode() if data else None)
        try:
            response = self.opener.open(request, timeout=PATIENCE)
        except HTTPError as error:
            response = error
        with response:
            self.address, self.status, self.page = response.geturl(), response.status, response.read().decode()
        for address in (*self.redirects, self.address):
            self.tokens.update(parse_qs(urlsplit(address).query).get("token", []))
        self.tokens.update(re.findall(r'name="token" value="([^"]+)"', self.page))

    def press(self, action: str, **chosen: str) -> None:
        """Sends the form of that action with its hidden fields."""
        form = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', self.page, re.DOTALL)
        assert form, f"no form for {action} at {self.address}:\n{self.page}"
        hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[0])
        self.open(action, dict(hidden) | chosen)


@pytest.fixture
def as_wang(running: Demo) -> Browser:
    browser = Browser()
    browser.open(running.campus)
    browser.press("/sign-in/", number="z99999")
    return browser


def test_a_person_comes_from_the_campus_to_the_portals_home(running: Demo, as_wang: Browser) -> None:
    as_wang.open("/services/network/")
    as_wang.press(f"{running.portal}sso/handoff/")
    assert (as_wang.status, as_wang.address) == (200, running.portal)
    assert "王小明" in as_wang.page
    assert "WANG,HSIAO-MING" in as_wang.page
    as_wang.open(running.campus)
    assert "王小明，您好" in as_wang.page


def test_the_link_works_too_and_a_person_goes_where_their_language_is(running: Demo) -> None:
    browser = Browser()
    browser.open(running.campus)
    browser.press("/sign-in/", number="z88010")
    browser.open("/services/network/")
    link = re.search(r'href="([^"]+\?token=[^"]+)"', browser.page)
    assert link
    browser.open(link[1])
    browser.press("/sso/handoff/")
    assert browser.address == running.portal
    assert "OKAFOR,AMARA" in browser.page
    assert '<html lang="en"' in browser.page


@pytest.mark.parametrize("code", ["expired", "ip-mismatch", "bad-signature", "replayed", "wrong-audience", "unknown-key"])
def test_each_link_that_fails_on_purpose_shows_its_page(as_wang: Browser, code: str) -> None:
    as_wang.open("/failing/")
    as_wang.press(f"/failing/{code}/")
    as_wang.press("/sso/handoff/")
    assert as_wang.status == 403
    assert re.search(rf">{code}<", as_wang.page)
    as_wang.open("/")
    assert "王小明" not in as_wang.page


def test_the_administrator_gets_in_with_the_password_that_only_we_can_read(running: Demo) -> None:
    password = running.checkout / "var" / "demo" / "admin-password.txt"
    assert stat.S_IMODE(password.stat().st_mode) == 0o600
    assert password.read_text().strip() not in running.said
    browser = Browser()
    browser.open(f"{running.portal}admin/")
    browser.press(
        re.findall(r'<form[^>]*action="([^"]*)"', browser.page)[-1], login="admin", password=password.read_text().strip()
    )
    assert browser.status == 200
    assert urlsplit(browser.address).path == "/admin/"
    assert "mailboxes" in browser.page


def test_no_token_stays_anywhere_on_the_disk(running: Demo, as_wang: Browser) -> None:
    as_wang.open("/services/network/")
    as_wang.press(f"{running.portal}sso/handoff/")
    as_wang.open("/failing/")
    as_wang.press("/failing/bad-signature/")
    token = next(iter(as_wang.tokens))
    for line in (f"GET /sso/handoff/?token={token} and more HTTP/1.1", f"GET /sso/handoff/?token={token} HTTP/9.9"):
        with socket.create_connection(("127.0.0.1", running.port)) as connection:
            connection.sendall(f"{line}\r\nHost: 127.0.0.1\r\n\r\n".encode())
            assert connection.recv(100).startswith(b"HTTP/1.1 400")
    assert len(as_wang.tokens) == 2
    files = [path for path in (running.checkout / "var").rglob("*") if path.is_file()]
    log = (running.checkout / "var" / "log" / "portal.log").read_bytes()
    assert log.count(b"GET /sso/handoff/ HTTP") >= 1
    assert log.count(b"Invalid") >= 2
    for token in as_wang.tokens:
        signature = token.rpartition(".")[2].encode()
        assert [path for path in files if signature in path.read_bytes()] == []


def test_the_longest_link_that_the_contract_allows_reaches_the_portal(running: Demo) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=PATIENCE)
    connection.request("GET", f"/sso/handoff/?token={'x' * 4096}")
    assert connection.getresponse().status == 200
    connection.close()


def test_a_second_one_in_the_same_checkout_says_who_has_it(running: Demo, checkout: Path) -> None:
    with started(checkout) as second:
        assert second.end() == 1
    assert f"(process {running.process.pid})" in second.said
    assert len(second.said.splitlines()) == 1
    assert running.process.poll() is None


# --- the end ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_a_signal_ends_everything(tmp_path: Path, checkout: Path, number: int) -> None:
    with started(checkout, VAR_DIR=tmp_path / "var") as demo:
        demo.read_until(UP)
        assert {"gunicorn", "celery", "valkey-server"} <= set(
            re.findall(r"gunicorn|celery|valkey-server", str(demo.parts()))
        )
        demo.process.send_signal(number)
        assert demo.end() == 0
        assert demo.said.endswith("Stopping ...\nEverything has stopped.\n")
        assert demo.is_gone(), demo.parts()


def test_a_signal_in_the_middle_of_the_start_ends_everything(tmp_path: Path, checkout: Path) -> None:
    with started(checkout, VAR_DIR=tmp_path / "var") as demo:
        assert until(lambda: "manage.py migrate" in str(demo.parts()))
        demo.process.send_signal(signal.SIGINT)
        assert demo.end() == 0
        assert UP not in demo.said
        assert demo.is_gone(), demo.parts()


def test_a_second_ctrl_c_waits_for_nobody(tmp_path: Path, checkout: Path) -> None:
    with started(checkout, VAR_DIR=tmp_path / "var") as demo:
        demo.read_until(UP)
        [broker] = [pid for pid, line in demo.parts().items() if "valkey-server" in line]
        os.kill(broker, signal.SIGSTOP)  # it will not end by itself
        demo.process.send_signal(signal.SIGINT)
        demo.read_until("Stopping")
        demo.process.send_signal(signal.SIGINT)
        assert demo.end() == 0
        assert demo.is_gone(), demo.parts()


def test_the_parts_do_not_outlive_a_demo_that_was_killed(tmp_path: Path, checkout: Path) -> None:
    with started(checkout, VAR_DIR=tmp_path / "var") as demo:
        demo.read_until(UP)
        demo.process.kill()
        assert until(demo.is_gone), demo.parts()


@pytest.mark.parametrize(
    ("program", "name"), [("valkey-server", "valkey"), ("celery", "the worker"), ("demo.wsgi", "the demo campus")]
)
def test_when_one_part_dies_it_is_named_and_all_end(tmp_path: Path, checkout: Path, program: str, name: str) -> None:
    with started(checkout, VAR_DIR=tmp_path / "var") as demo:
        demo.read_until(UP)
        os.kill(min(pid for pid, line in demo.parts().items() if program in line), signal.SIGKILL)
        assert demo.end() == 1
        assert f"bin/demo: {name} has stopped" in demo.said
        assert demo.is_gone(), demo.parts()


# --- what it says before it starts anything ------------------------------------------------------------------------------


@pytest.mark.parametrize("variable", ["PORT", "CAMPUS_PORT"])
def test_a_taken_port_is_one_sentence_that_names_the_variable(tmp_path: Path, checkout: Path, variable: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        with started(checkout, VAR_DIR=tmp_path / "var", **{variable: taken}) as demo:
            assert demo.end() == 1
    assert demo.said.startswith(f"bin/demo: Port {taken} is taken by another program. Choose another one: {variable}=")
    assert len(demo.said.splitlines()) == 1
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize("nonsense", ["http", "", "70000", "-1", "８０００"])
def test_a_port_that_is_none_is_explained(tmp_path: Path, checkout: Path, nonsense: str) -> None:
    with started(checkout, VAR_DIR=tmp_path / "var", PORT=nonsense) as demo:
        assert demo.end() == 1
    assert (
        demo.said == f"bin/demo: PORT is {nonsense!r}. Set it to a port between 1024 and 65535, or leave it out for 8000.\n"
    )


def test_one_port_for_both_is_explained(tmp_path: Path, checkout: Path) -> None:
    [port] = free_ports(1)
    with started(checkout, VAR_DIR=tmp_path / "var", PORT=port, CAMPUS_PORT=port) as demo:
        assert demo.end() == 1
    assert f"PORT and CAMPUS_PORT are both {port}" in demo.said


def test_an_older_python_gets_a_sentence(checkout: Path) -> None:
    source = (checkout / "bin" / "demo").read_text()
    older = "import sys; sys.version_info = (3, 9, 2); sys.version = '3.9.2 (old)'\n" + source
    result = subprocess.run([shutil.which("python3") or "python3", "-c", older], capture_output=True, text=True)
    assert result.returncode == 1
    assert result.stderr.startswith("bin/demo needs Python 3.11 or newer")
    assert "this is Python 3.9.2" in result.stderr


# --- starting again -----------------------------------------------------------------------------------------------------


def test_it_leaves_data_alone_that_it_did_not_make(tmp_path: Path, checkout: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with started(checkout, "--reset", VAR_DIR=tmp_path) as demo:
        assert demo.end() == 1
    assert f"{tmp_path} holds data that bin/demo did not put there" in demo.said
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_it_goes_on_where_it_was_until_it_is_reset(tmp_path: Path, checkout: Path) -> None:
    def kept(*arguments: str) -> tuple[bytes, bytes, bytes]:
        with started(checkout, *arguments, VAR_DIR=tmp_path / "var") as demo:
            demo.read_until(UP)
            demo.process.send_signal(signal.SIGINT)
            assert demo.end() == 0
        names = ("demo/admin-password.txt", "demo/campus-key.json", "demo/secret-key")
        return tuple((tmp_path / "var" / name).read_bytes() for name in names)

    first = kept()
    assert kept() == first
    (tmp_path / "var" / "left-over").write_text("of an earlier run")
    assert not set(kept("--reset")) & set(first)
    assert not (tmp_path / "var" / "left-over").exists()
