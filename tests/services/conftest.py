"""What the tests of the mail server share: the server itself, started once a module for each kind of database."""

import imaplib
import itertools
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

import pytest

from mailboxes.models import Job
from mailboxes.provisioning.stores.dovecot.doveadm import Doveadm
from mailboxes.provisioning.stores.dovecot.places import place
from mailboxes.provisioning.stores.dovecot.store import DovecotStore
from tests import servers
from tests.mailserver import MailServer, mail_server, missing_packages
from tests.services.running_site import Site, installed
from tests.services.working import valkey, working

QUOTA = 5 * 1024 * 1024
FIRST, SECOND = "copper-kettle-ninety-seals", "seven-lanterns-by-the-canal"
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


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with valkey(tmp_path_factory.mktemp("valkey")) as url:
        yield url


@pytest.fixture
def worker(transactional_db: None, server: MailServer, broker: str, tmp_path: Path) -> Iterator[Path]:
    """A real worker on this test's database; the value is its log."""
    with working(broker, tmp_path, **server.env()) as running:
        yield running.log


def done(job: Job) -> bool:
    job.refresh_from_db()
    return job.state == Job.State.DONE
