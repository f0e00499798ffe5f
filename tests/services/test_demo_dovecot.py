"""bin/demo --dovecot: from the campus to a letter in a mail program, and nothing left when it ends."""

import imaplib
import os
import re
import shutil
import signal
import smtplib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mailserver import missing_packages
from tests.services.running_demo import (
    UP,
    Browser,
    Demo,
    copy_of_checkout,
    free_ports,
    is_free,
    started,
    until,
)

needs_packages = pytest.mark.skipif(bool(missing_packages()), reason=f"packages missing: {missing_packages()}")
FIRST, SECOND = "copper-kettle-ninety-seals", "seven-lanterns-by-the-canal"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_of_checkout(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def ports() -> dict[str, int]:
    return dict(zip(("IMAP_PORT", "POP3_PORT", "SMTP_PORT", "SUBMISSION_PORT"), free_ports(4), strict=True))


@pytest.fixture(scope="module")
def running(checkout: Path, ports: dict[str, int]) -> Iterator[Demo]:
    with started(checkout, "--dovecot", **ports) as demo:
        demo.read_until(UP)
        yield demo
    for folder in kept_by(demo):
        shutil.rmtree(folder)


def kept_by(demo: Demo) -> list[Path]:
    """Root's letters and accounts, outside of the checkout: those of this demo are younger than its lock."""
    born = (demo.var / "demo.lock").stat().st_mtime
    return [folder for folder in Path("/var/lib").glob("portal-demo-*") if folder.stat().st_mtime >= born - 1]


def mail_processes(folder: str) -> list[str]:
    """Processes of Dovecot and Postfix that run in that folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "cwd").readlink().is_relative_to(folder) or folder in (entry / "cmdline").read_text():
                found.append((entry / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


def run_folder(demo: Demo) -> str:
    """Where the demo's Dovecot runs, read from the command line of its master."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = re.search(r"^PPid:\t(\d+)", (entry / "status").read_text(), re.MULTILINE)
            command = (entry / "cmdline").read_text()
        except OSError:
            continue
        if parent and int(parent[1]) == demo.process.pid and (found := re.search(r"(?:/tmp/)pd-\w+", command)):
            return found[0]
    raise AssertionError("no Dovecot")


def apply(running: Demo, number: str, service: str) -> tuple[Browser, str]:
    """A mailbox for that person, through the pages; the browser and the address."""
    browser = Browser()
    browser.open(running.campus)
    browser.press("/sign-in/", number=number)
    browser.open("/services/network/")
    browser.press(f"{running.portal}sso/handoff/")
    browser.open(f"{running.portal}mail/{service}/apply/")
    while "/policies/" in browser.address:
        browser.press("", decision="agree")
    name = re.search(r'name="name"[^>]* value="([^"]+)"', browser.page)
    assert name
    browser.press("", name=name[1])
    browser.press("", password=FIRST, password_again=FIRST)
    application = browser.address
    assert "/applications/" in application

    def is_open() -> bool:
        browser.open(application)
        return browser.address != application

    assert until(is_open)
    address = re.search(r"[\w.-]+@mx\.nthu\.edu\.tw", browser.page)
    assert address
    return browser, address[0]


def subjects(port: int, address: str, password: str) -> str:
    client = imaplib.IMAP4("127.0.0.1", port)
    try:
        client.login(address, password)
        client.select()
        return str(client.fetch("1:*", "(BODY[HEADER.FIELDS (SUBJECT)])")[1])
    finally:
        client.shutdown()


@needs_packages
def test_an_application_becomes_a_mailbox_that_a_mail_program_opens(running: Demo, ports: dict[str, int]) -> None:
    browser, address = apply(running, "z99999", "mx")
    assert "Welcome" in subjects(ports["IMAP_PORT"], address, FIRST)
    with pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
        subjects(ports["IMAP_PORT"], address, SECOND)
    assert str(ports["IMAP_PORT"]) in running.said
    if os.getuid() == 0:
        with smtplib.SMTP("127.0.0.1", ports["SMTP_PORT"]) as smtp:
            smtp.sendmail("colleague@example.org", [address], "Subject: lunch\r\n\r\nAt noon?\r\n")
        assert until(lambda: "lunch" in subjects(ports["IMAP_PORT"], address, FIRST))
        with smtplib.SMTP("127.0.0.1", ports["SUBMISSION_PORT"]) as smtp:
            smtp.login(address, FIRST)
    browser.open(f"{running.portal}mail/mx/box/folders/")
    assert "Drafts" in browser.page or "草稿" in browser.page
    log = "".join(path.read_text(errors="replace") for path in (running.var / "log").glob("*.log"))
    assert FIRST not in log
    assert "$argon2" not in log


@needs_packages
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=lambda number: number.name)
def test_when_it_ends_no_mail_server_is_left(tmp_path: Path, ports: dict[str, int], number: int) -> None:
    checkout, own = copy_of_checkout(tmp_path), dict(zip(ports, free_ports(len(ports)), strict=True))
    with started(checkout, "--dovecot", VAR_DIR=tmp_path / "var", **own) as demo:
        demo.read_until(UP)
        folder = run_folder(demo)
        assert mail_processes(folder)
        demo.process.send_signal(number)
        demo.end()
        assert until(lambda: not mail_processes(folder) and demo.is_gone()), mail_processes(folder)
        assert all(is_free(port) for port in own.values())
        if number == signal.SIGINT:
            assert not Path(folder).exists()
        shutil.rmtree(folder, ignore_errors=True)
    # The same data do not serve a demo that would look for the mailboxes elsewhere.
    with started(checkout, VAR_DIR=tmp_path / "var") as other:
        assert other.end() == 1
    assert "of a demo with --dovecot" in other.said
    with started(checkout, "--reset", VAR_DIR=tmp_path / "var") as again:
        again.read_until(UP)
        assert "IMAP" not in again.said
    assert kept_by(demo) == []


def test_without_the_packages_it_says_which(tmp_path: Path) -> None:
    bare = copy_of_checkout(tmp_path)
    module = bare / "bin" / "_mailserver.py"
    module.write_text(module.read_text().replace("/usr/lib/dovecot/imap", "/nowhere/imap"))
    with started(bare, "--dovecot", VAR_DIR=tmp_path / "var") as demo:
        assert demo.end() == 1
    assert "dovecot-imapd" in demo.said
    assert "apt-get install" in demo.said
    assert len(demo.said.splitlines()) == 1
    assert not (tmp_path / "var").exists()
