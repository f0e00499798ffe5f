"""The operator's configuration of Dovecot and Postfix: their own tools accept it, and it is safe."""

import os
import stat
import subprocess
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from mailboxes.provisioning.hashing import hash_password
from tests.mailserver import mail_server, missing_packages
from tests.services.conftest import FIRST, QUOTA, letter, signed_in, store_of

needs_packages = pytest.mark.skipif(bool(missing_packages()), reason=f"packages missing: {missing_packages()}")
KEY, PASSWORD = "key-of-doveadm-0123456789", "password-of-the-reader"
EVENTS_KEY = "key-of-the-events-0123456789"


@pytest.fixture
def rendered(tmp_path: Path, settings: LazySettings) -> Path:
    """As an operator would have it made for PostgreSQL."""
    settings.MAIL_DATABASE_URL = "postgres://portal:portals-own@db.campus.example/mail"
    settings.DOVEADM_API_KEY, settings.MAIL_EVENTS_KEY = KEY, EVENTS_KEY
    (tmp_path / "password").write_text(PASSWORD + "\n")
    certificate = ["-keyout", tmp_path / "key.pem", "-out", tmp_path / "cert.pem", "-subj", "/CN=mail.campus.example"]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *certificate], check=True, capture_output=True
    )
    call_command(
        "mail_config",
        f"--out={tmp_path}",
        f"--etc={tmp_path}",
        "--hostname=mail.campus.example",
        f"--certificate={tmp_path / 'cert.pem'}",
        f"--certificate-key={tmp_path / 'key.pem'}",
        "--reader=dovecot_ro",
        f"--reader-password-file={tmp_path / 'password'}",
        verbosity=0,
    )
    return tmp_path


def run(*argv: str | Path) -> str:
    result = subprocess.run(
        argv, capture_output=True, text=True, env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}
    )
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout


@needs_packages
def test_dovecot_takes_it_and_lets_nobody_in_without_tls(rendered: Path) -> None:
    configuration = rendered / "dovecot" / "dovecot.conf"
    in_force = run("doveconf", "-c", configuration, "-n")
    for line in ("ssl = required", "protocols = imap lmtp pop3"):
        assert f"\n{line}\n" in in_force, line
    everything = run("doveconf", "-c", configuration, "-a")
    for line in (
        "disable_plaintext_auth = yes",
        "auth_cache_size = 0",
        "auth_debug_passwords = no",
        "auth_failure_delay = 2 secs",
    ):
        assert f"\n{line}\n" in everything, line


@needs_packages
def test_what_the_portal_may_ask_for_is_little_and_on_loopback_only(rendered: Path) -> None:
    in_force = run("doveconf", "-c", rendered / "dovecot" / "dovecot.conf", "-n")
    allowed = next(line for line in in_force.splitlines() if line.startswith("doveadm_allowed_commands"))
    assert allowed.partition(" = ")[2] == (
        "user,kick,mailbox create,mailbox status,quota get,search,fetch,expunge,"
        "mailbox list,acl get,acl set,acl delete,sieve list,sieve get"
    )
    for listener in ("inet_listener http {", "inet_listener lmtp {"):
        assert in_force.partition(listener)[2].lstrip().startswith("address = 127.0.0.1"), listener


@needs_packages
def test_the_portal_is_told_of_each_sign_in_with_its_key(rendered: Path) -> None:
    in_force = run("doveconf", "-P", "-c", rendered / "dovecot" / "dovecot.conf", "-n")  # it hides passwords otherwise
    assert f"transport_args = http://dovecot:{EVENTS_KEY}@127.0.0.1:8000/events/log-in\n" in in_force
    assert "filter = event=auth_request_finished\n" in in_force


@needs_packages
@pytest.mark.parametrize(
    ("key", "url", "line"),
    [
        (EVENTS_KEY, "https://mail.campus.example", f"https://dovecot:{EVENTS_KEY}@mail.campus.example:443/events/log-in\n"),
        ("", "http://127.0.0.1:8000", ""),
    ],
)
def test_where_the_portal_is_told_is_an_option(
    tmp_path: Path, settings: LazySettings, key: str, url: str, line: str
) -> None:
    settings.MAIL_DATABASE_URL, settings.DOVEADM_API_KEY, settings.MAIL_EVENTS_KEY = "sqlite:////tmp/x", KEY, key
    call_command("mail_config", f"--out={tmp_path}", f"--run-dir={tmp_path}", f"--portal-url={url}", verbosity=0)
    in_force = run("doveconf", "-P", "-c", tmp_path / "dovecot" / "dovecot.conf", "-n")
    assert line in in_force
    assert ("event_exporter" in in_force) == bool(line)


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "http://127.0.0.1:8000/portal", "imap://127.0.0.1"])
def test_a_portal_that_cannot_be_told_is_refused(tmp_path: Path, settings: LazySettings, url: str) -> None:
    settings.MAIL_DATABASE_URL, settings.DOVEADM_API_KEY = "sqlite:////tmp/x", KEY
    with pytest.raises(CommandError, match="Write the portal's address as http://"):
        call_command("mail_config", f"--out={tmp_path}", f"--run-dir={tmp_path}", f"--portal-url={url}")


@needs_packages
def test_postfix_takes_it_and_is_no_open_relay(rendered: Path) -> None:
    folder = rendered / "postfix"
    if os.getuid() == 0:
        run("postfix", "-c", folder, "check")
    in_force = dict(
        line.split(" = ", 1) for line in run("postconf", "-c", folder, "-n").replace(" =\n", " = \n").splitlines()
    )
    assert in_force["mynetworks"] == in_force["mydestination"] == ""
    assert in_force["smtpd_relay_restrictions"] == "permit_sasl_authenticated, reject_unauth_destination"
    assert (in_force["smtpd_tls_auth_only"], in_force["smtpd_sasl_auth_enable"]) == ("yes", "no")
    submission = run("postconf", "-c", folder, "-P")
    assert "587/inet/smtpd_tls_security_level = encrypt" in submission
    assert "submissions/inet/smtpd_tls_wrappermode = yes" in submission
    for restriction in ("client", "relay"):
        assert f"127.0.0.1:10026/inet/smtpd_{restriction}_restrictions = permit_mynetworks,reject\n" in submission
    assert "127.0.0.1:10026/inet/mynetworks = 127.0.0.0/8\n" in submission
    for service in ("587", "submissions"):
        assert f"{service}/inet/smtpd_client_restrictions = permit_sasl_authenticated,reject" in submission
        senders = f"check_sasl_access,pgsql:{folder}/portal-senders.cf,reject_sender_login_mismatch"
        assert f"{service}/inet/smtpd_sender_restrictions = {senders}\n" in submission


def test_only_root_reads_its_secrets_and_the_portals_own_password_is_in_none(rendered: Path) -> None:
    files = [path for folder in ("dovecot", "postfix") for path in (rendered / folder).iterdir()]
    assert len(files) == 8
    for path in files:
        text = path.read_text()
        assert "portals-own" not in text
        assert "{%" not in text
        if KEY in text or PASSWORD in text or EVENTS_KEY in text:
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    assert sum(PASSWORD in path.read_text() for path in files) == 5


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--reader=dovecot_ro"], "Name the TLS certificate"),
        (["--certificate=/c", "--certificate-key=/k"], "Name the role that may only read"),
    ],
)
def test_what_would_not_be_safe_is_not_made(tmp_path: Path, settings: LazySettings, options: list[str], said: str) -> None:
    settings.MAIL_DATABASE_URL, settings.DOVEADM_API_KEY = "postgres://portal@db.campus.example/mail", KEY
    with pytest.raises(CommandError, match=said):
        call_command("mail_config", f"--out={tmp_path}", *options)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("key", "said"), [("", "DOVEADM_API_KEY is not set"), ('a"b\nssl=no', "letters, digits")])
def test_a_key_that_cannot_stand_in_the_file_is_refused(tmp_path: Path, settings: LazySettings, key: str, said: str) -> None:
    settings.MAIL_DATABASE_URL, settings.DOVEADM_API_KEY = "sqlite:////tmp/x", key
    with pytest.raises(CommandError, match=said):
        call_command("mail_config", f"--out={tmp_path}", f"--run-dir={tmp_path}")


@needs_packages
def test_an_ordinary_user_can_run_dovecot_too() -> None:
    with mail_server(user="nobody" if os.getuid() == 0 else "") as server:
        assert not server.has_postfix
        store, address = store_of(server), "hsiaoming@mx.nthu.edu.tw"
        assert store.problem() is None
        store.ensure(address, password_hash=hash_password(FIRST), quota=QUOTA, welcome=letter(address), revision=1)
        with signed_in(server, address, FIRST) as client:
            store.suspend(address, revision=2)
            client.sock.settimeout(20)
            assert client.readline().startswith(b"* BYE")
