import pytest
from django.conf import LazySettings

from mailboxes import checks
from mailboxes.provisioning.stores import StoreMismatch, registry

GOOD = {
    "MAIL_DATABASE_URL": "postgres://portal:p%40ss@127.0.0.1/mail",
    "DOVEADM_URL": "https://mail.campus.example:8443",
    "DOVEADM_API_KEY": "key",
    "LMTP_URL": "lmtp://127.0.0.1:24",
    "IMAP_URL": "",
}


@pytest.fixture
def good(settings: LazySettings) -> LazySettings:
    for name, value in GOOD.items():
        setattr(settings, name, value)
    return settings


def test_settings_that_can_be_meant_are_taken(good: LazySettings) -> None:
    assert checks.mail_server(None) == []
    good.MAIL_DATABASE_URL, good.IMAP_URL = "sqlite:////srv/mail.sqlite3", "imaps://imap.campus.example"
    assert checks.mail_server(None) == []
    assert registry.named("dovecot")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MAIL_DATABASE_URL", "mysql://portal:secret@127.0.0.1/mail"),
        ("MAIL_DATABASE_URL", "postgres://portal:sec/ret@127.0.0.1/mail"),
        ("MAIL_DATABASE_URL", "sqlite://relative/secret"),
        ("DOVEADM_API_KEY", ""),
        ("DOVEADM_URL", ""),
        ("DOVEADM_URL", "127.0.0.1:8080"),
        ("DOVEADM_URL", "http://127.0.0.1:8080/doveadm/v1"),
        ("DOVEADM_URL", "http://127.0.0.1:eight"),
        ("LMTP_URL", "127.0.0.1:24"),
        ("LMTP_URL", "smtp://127.0.0.1:24"),
        ("IMAP_URL", "imap.campus.example"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_named_with_its_cure(good: LazySettings, name: str, value: str) -> None:
    setattr(good, name, value)
    [problem] = checks.mail_server(None)
    assert name in problem.msg
    assert "Set it" in str(problem.hint)
    assert "secret" not in f"{problem.msg} {problem.hint}"


def test_without_a_mail_database_nothing_is_asked_for(good: LazySettings) -> None:
    good.MAIL_DATABASE_URL = good.DOVEADM_API_KEY = good.DOVEADM_URL = ""
    assert checks.mail_server(None) == []
    with pytest.raises(StoreMismatch, match="MAIL_DATABASE_URL is not set"):
        registry.named("dovecot")
