"""Each setting that an operator can get wrong, and the sentence that names it."""

import os
import re
import runpy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

ROOT = Path(__file__).resolve().parents[3]
SECRET = "0123456789abcdef" * 4
PRODUCTION = {
    "SECRET_KEY": SECRET,
    "ALLOWED_HOSTS": "mail.campus.example, .mail.campus.example, [::1]",
    "CSRF_TRUSTED_ORIGINS": "https://mail.campus.example:8443",
    "CAMPUS_URL": "https://ais.campus.example/login?to=mail",
    "DATABASE_URL": "postgres://portal:p%40ss@db.campus.example:5432/portal?sslmode=verify-full",
    "REDIS_URL": "rediss://:secret@redis.campus.example:6380",
    "HANDOFF_AUDIENCE": "mail.campus.example",
}

WRONG = [
    ("SECRET_KEY", "", "SECRET_KEY is not set. Put it into SECRET_KEY"),
    ("SECRET_KEY", "k" * 60, "SECRET_KEY is easy to guess"),
    ("SECRET_KEY", SECRET[:49], "SECRET_KEY is easy to guess"),
    (
        "SECRET_KEY_FALLBACKS",
        f"{SECRET} pass-word",
        "SECRET_KEY_FALLBACKS holds one of less than 50 random",
    ),
    ("SECRET_KEY_FILE", "/nowhere/key", "SECRET_KEY_FILE names '/nowhere/key', which cannot be read: No such file"),
    ("SECRET_KEY_FILE", "/proc/self", "SECRET_KEY_FILE names '/proc/self', which cannot be read: Is a directory"),
    ("SECRET_KEY_FILE", "/bin/true", "SECRET_KEY_FILE names '/bin/true', which cannot be read: it is not text"),
    ("SECRET_KEY_FILE", "/dev/null", "SECRET_KEY is not set"),
    ("ALLOWED_HOSTS", "https://mail.campus.example", "ALLOWED_HOSTS holds 'https://mail.campus.example'. Write host names"),
    ("ALLOWED_HOSTS", "mail.campus.example:443", "ALLOWED_HOSTS holds 'mail.campus.example:443'"),
    ("ALLOWED_HOSTS", "mail.campus.example/", "ALLOWED_HOSTS holds 'mail.campus.example/'"),
    ("ALLOWED_HOSTS", "a.example b.example", "ALLOWED_HOSTS holds 'a.example b.example'"),
    ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS holds '*'"),
    ("ALLOWED_HOSTS", "", "ALLOWED_HOSTS is empty"),
    ("CSRF_TRUSTED_ORIGINS", "mail.campus.example", "CSRF_TRUSTED_ORIGINS holds 'mail.campus.example'. Write a scheme"),
    ("CSRF_TRUSTED_ORIGINS", "https://mail.campus.example/", "CSRF_TRUSTED_ORIGINS holds"),
    ("CSRF_TRUSTED_ORIGINS", "https://mail.campus.example:70000", "CSRF_TRUSTED_ORIGINS is no address, or its port"),
    ("HTTPS", "true", "HTTPS is 'true'. Set it to 0 or 1"),
    ("DEBUG", "false", "DEBUG is 'false'. Set it to 0 or 1"),
    ("DATABASE_URL", "", "DATABASE_URL does not begin with postgres://"),
    ("DATABASE_URL", "mysql://u:pass-word@db/portal", "DATABASE_URL does not begin with postgres://"),
    ("DATABASE_URL", "postgres://u:pass-word@db:port/portal", "DATABASE_URL is no address, or its port is not between"),
    ("DATABASE_URL", "postgres://u:pass-word@db:70000/portal", "DATABASE_URL is no address, or its port is not between"),
    ("DATABASE_URL", "postgres://u:pass-word@[db/portal", "DATABASE_URL is no address"),
    ("DATABASE_URL", "postgres://u:pass-word@db", "DATABASE_URL names no database"),
    ("DATABASE_URL", "postgres://u:pass-word@db/portal?sslmode=on", "DATABASE_URL has the sslmode 'on'. Set it to one of"),
    ("DATABASE_URL", "postgres://u:pass-word@db/portal?foo=bar", "DATABASE_URL has the option 'foo', which there is not."),
    ("REDIS_URL", "rediss://:pass-word@redis?ssl_ca_cert=/x", "REDIS_URL has a wrong option behind the question mark."),
    ("REDIS_URL", "redis://:pass-word@redis?socket_timeout=abc", "REDIS_URL has a wrong option behind the question mark."),
    ("REDIS_URL", "redis.campus.example:6379", "REDIS_URL is not the address of a Redis. Write it as redis://"),
    ("REDIS_URL", "http://:pass-word@redis", "REDIS_URL is not the address of a Redis"),
    ("REDIS_URL", "redis://:pass-word@redis:99999", "REDIS_URL is no address, or its port is not between"),
    ("REDIS_URL", "redis://:pass-word@redis/3", "REDIS_URL names a database. Leave it out"),
    ("REDIS_URL", "unix://", "REDIS_URL is not the address of a Redis"),
    ("VAR_DIR", "/etc/passwd", "VAR_DIR is '/etc/passwd', which is no folder. Set it to the absolute path"),
    ("VAR_DIR", "var", "VAR_DIR is 'var', which is no folder"),
    ("MAILDIR_ROOT", "/etc/passwd", "MAILDIR_ROOT is '/etc/passwd', which is no folder"),
    ("CAMPUS_URL", "ais.campus.example", "CAMPUS_URL is 'ais.campus.example'. Set it to an address such as https://"),
    ("CAMPUS_URL", "http://ais.campus.example/", "CAMPUS_URL is 'http://ais.campus.example/', which is not HTTPS"),
    ("CAMPUS_URL", "https://ais.campus.example/; script-src *", "CAMPUS_URL is 'https://ais.campus.example/; script-src"),
    ("HANDOFF_KEYS_FILE", "/etc", "HANDOFF_KEYS_FILE is '/etc', which is no file"),
    ("HANDOFF_KEYS_FILE", "keys.json", "HANDOFF_KEYS_FILE is 'keys.json', which is no file"),
    ("HANDOFF_AUDIENCE", "", "HANDOFF_AUDIENCE is ''. Set it to one line of text"),
    ("HANDOFF_SKEW", "5s", "HANDOFF_SKEW is '5s'. Set it to a whole number from 0 to 60"),
    ("HANDOFF_SKEW", "86400", "HANDOFF_SKEW is '86400'. Set it to a whole number from 0 to 60"),
    ("COUNTIES_FILE", "counties.json", "COUNTIES_FILE is 'counties.json', which is no file"),
    ("COUNTIES_FILE", "/nowhere/counties.json", "COUNTIES_FILE cannot be read: No such file or directory. Let the portal"),
    ("COUNTIES_FILE", "/dev/null", 'COUNTIES_FILE is not JSON, or no object with "counties" in it. Write it'),
    ("DRIVE_KEY", "a key with spaces in it", "DRIVE_KEY is no key. Set it to 20 random letters and digits or more"),
    ("DRIVE_KEY", "pass-word", "DRIVE_KEY is no key"),
    ("DRIVE_KEY", "twenty-letters-and-a-€", "DRIVE_KEY is no key"),
    ("PORTAL_URL", "mail.campus.example", "PORTAL_URL is 'mail.campus.example'. Set it to an address such as https://"),
    ("PORTAL_URL", "http://mail.campus.example/", "PORTAL_URL is 'http://mail.campus.example/', which is not HTTPS"),
    ("SMTP_URL", "smtp.campus.example:25", "SMTP_URL is not the address of an SMTP server. Write it as smtps://"),
    ("SMTP_URL", "http://u:pass-word@smtp.campus.example", "SMTP_URL is not the address of an SMTP server. Write it"),
    ("SMTP_URL", "smtps://u:pass-word@smtp.campus.example/path", "SMTP_URL is not the address of an SMTP server"),
    ("SMTP_URL", "smtps://u:pass-word@smtp.campus.example:99999", "SMTP_URL is no address, or its port is not between"),
    ("SMTP_URL", "smtps://u:pass-word@[smtp", "SMTP_URL is no address"),
    ("SMTP_URL", "smtps://u@smtp.campus.example", "SMTP_URL has a user or a password without the other"),
    ("SMTP_URL", "smtp://u:pass-word@smtp.campus.example", "SMTP_URL would send its password without TLS to another"),
    ("OFFICE_NAME_ZH", " ", "OFFICE_NAME_ZH is ' '. Set it to one line of text"),
    ("OFFICE_NAME_EN", "Center\nBcc: all@campus.example", "OFFICE_NAME_EN is 'Center\\nBcc"),
    ("OFFICE_EMAIL", "helpdesk", "OFFICE_EMAIL is 'helpdesk'. Set it to a mail address"),
    ("OFFICE_PHONE", "", "OFFICE_PHONE is ''"),
    ("WEB_THREADS", "0", "WEB_THREADS is '0'. Set it to a whole number from 1"),
    ("MAIL_EVENTS_KEY", "pass-word", "MAIL_EVENTS_KEY is no key. Set it to 20 random letters and digits or more"),
    ("ADMIN_SESSION_MINUTES", "0", "ADMIN_SESSION_MINUTES is '0'. Set it to a whole number from 5 to 480"),
    ("ADMIN_NETWORKS", "10.1.0.0/16, office", "ADMIN_NETWORKS holds 'office'. Write addresses or networks"),
    ("ADMIN_NETWORKS", "10.1.2.3/16", "ADMIN_NETWORKS holds '10.1.2.3/16'"),
    ("LOGIN_RECORD_DAYS", "0", "LOGIN_RECORD_DAYS is '0'. Set it to a whole number from 1 to 366"),
    ("COUNTRY_DATABASE", "countries.mmdb", "COUNTRY_DATABASE is 'countries.mmdb', which is no file"),
    ("LOG_LEVEL", "verbose", "LOG_LEVEL is 'verbose'. Set it to one of DEBUG, INFO"),
]
HERE: dict[str, Any] = {"ALLOWED_HOSTS": ["127.0.0.1"]}
MAIL = HERE | {"MAIL_DATABASE_URL": "sqlite:////srv/mail.sqlite3", "DOVEADM_API_KEY": "key"}
# What settings.py takes, and a system check refuses.
REFUSED_BY_A_CHECK = [
    ({"HTTPS": False, "ALLOWED_HOSTS": ["mail.campus.example"]}, "portal.E001", "HTTPS is 0 while ALLOWED_HOSTS"),
    ({"DEBUG": True, "ALLOWED_HOSTS": ["mail.campus.example"]}, "portal.E002", "DEBUG is 1 while ALLOWED_HOSTS"),
    ({"TRUSTED_PROXIES": ["nginx"], "ALLOWED_HOSTS": ["127.0.0.1"]}, "sso_bridge.E008", "TRUSTED_PROXIES holds 'nginx'"),
    (MAIL | {"MAIL_DATABASE_URL": "mysql://u:pass-word@db/mail"}, "mailboxes.E001", "MAIL_DATABASE_URL is not the URL"),
    (MAIL | {"DOVEADM_API_KEY": ""}, "mailboxes.E002", "DOVEADM_API_KEY is not set"),
    (MAIL | {"DOVEADM_URL": "imap://127.0.0.1"}, "mailboxes.E003", "DOVEADM_URL is 'imap://127.0.0.1'"),
    (MAIL | {"LMTP_URL": "127.0.0.1:24"}, "mailboxes.E003", "LMTP_URL is '127.0.0.1:24'"),
    (MAIL | {"IMAP_URL": "imap://127.0.0.1:99999"}, "mailboxes.E003", "IMAP_URL is 'imap://127.0.0.1:99999'"),
    (HERE | {"COUNTRY_DATABASE": Path("/nowhere.mmdb")}, "mailboxes.E004", "COUNTRY_DATABASE is '/nowhere.mmdb': No such"),
    (HERE | {"COUNTRY_DATABASE": Path("/bin/true")}, "mailboxes.E004", "COUNTRY_DATABASE is '/bin/true': it is no MMDB"),
]
WRONG_FOR_GUNICORN = [
    ("BIND", "8000", "BIND is '8000'. Set it to an address and a port"),
    ("BIND", "127.0.0.1:80000", "BIND is '127.0.0.1:80000'"),
    ("BIND", "unix:web.sock", "BIND is 'unix:web.sock'"),
    ("WEB_CONCURRENCY", "0", "WEB_CONCURRENCY is '0'. Set it to a whole number from 1"),
    ("WEB_THREADS", "many", "WEB_THREADS is 'many'"),
]
PASSWORDS = ("pass-word", SECRET[:49])


def read(file: str, variables: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the file says in an environment of exactly these variables."""
    for name in os.environ:
        monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(ROOT / file))


@pytest.mark.parametrize(("name", "value", "sentence"), WRONG)
def test_a_wrong_setting_names_itself_and_its_cure(
    name: str, value: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ImproperlyConfigured) as raised:
        read("portal/settings.py", PRODUCTION | {name: value}, monkeypatch)
    assert str(raised.value).startswith(sentence)
    assert "\n" not in str(raised.value)
    assert not any(password in str(raised.value) for password in PASSWORDS)


@pytest.mark.parametrize(("changes", "number", "sentence"), REFUSED_BY_A_CHECK)
def test_a_check_refuses_what_can_only_be_seen_beside_other_settings(
    changes: Mapping[str, Any], number: str, sentence: str, settings: Settings
) -> None:
    for name, value in changes.items():
        setattr(settings, name, value)
    [found] = [message for message in run_checks(tags=["settings"]) if message.is_serious()]
    assert (found.id, found.msg[: len(sentence)]) == (number, sentence)
    assert found.hint


@pytest.mark.parametrize(("name", "value", "sentence"), WRONG_FOR_GUNICORN)
def test_gunicorn_refuses_a_wrong_setting_of_its_own(
    name: str, value: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SystemExit, match=re.escape(sentence)):
        read("deploy/gunicorn.conf.py", {name: value}, monkeypatch)


@pytest.mark.parametrize(
    ("bind", "proxies", "refused"),
    [
        ("unix:/run/portal/web.sock", [], True),
        ("unix:/run/portal/web.sock", ["127.0.0.1"], True),
        ("unix:/run/portal/web.sock", ["unix"], False),
        ("127.0.0.1:8000", [], False),
    ],
)
def test_a_unix_socket_needs_a_proxy_that_is_believed(
    bind: str, proxies: list[str], refused: bool, settings: Settings
) -> None:
    settings.BIND, settings.ALLOWED_HOSTS, settings.TRUSTED_PROXIES = bind, ["127.0.0.1"], proxies
    found = [(message.id, message.msg) for message in run_checks(tags=["settings"]) if message.is_serious()]
    assert [number for number, _text in found] == (["portal.E005"] if refused else [])
    assert all(text.startswith("BIND is a Unix socket") for _number, text in found)


def test_honest_options_of_redis_and_libpq_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    options = "sslmode=verify-full&sslrootcert=/x&application_name=a&connect_timeout=3&target_session_attrs=read-write"
    changes = {
        "REDIS_URL": "rediss://:secret@redis:6380?ssl_ca_certs=/x&socket_timeout=3",
        "DATABASE_URL": f"postgres://u:p@db/portal?{options}",
    }
    assert read("portal/settings.py", PRODUCTION | changes, monkeypatch)["CACHE_URL"].endswith("required")


def test_good_settings_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = read("portal/settings.py", PRODUCTION, monkeypatch)
    database = taken["DATABASES"]["default"]
    assert (database["PASSWORD"], database["PORT"], database["OPTIONS"]["sslmode"]) == ("p@ss", 5432, "verify-full")
    assert database["OPTIONS"]["connect_timeout"] == 5
    assert taken["CELERY_BROKER_URL"] == "rediss://:secret@redis.campus.example:6380/0?ssl_cert_reqs=required"
    assert taken["CACHE_URL"] == "rediss://:secret@redis.campus.example:6380/1?ssl_cert_reqs=required"
    assert taken["HTTPS"] is True
    assert taken["PORTAL_URL"] == "https://mail.campus.example/"


def test_the_example_of_an_environment_file_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lines = (ROOT / "deploy" / "portal.env").read_text().splitlines()
    example = dict(line.split("=", 1) for line in lines if not line.startswith("#"))
    assert example.keys() <= variables_read() | {"SECRET_KEY_FILE"}
    (tmp_path / "secret-key").write_text(SECRET)
    taken = read("portal/settings.py", example | {"SECRET_KEY_FILE": str(tmp_path / "secret-key")}, monkeypatch)
    assert taken["HTTPS"] is True
    assert taken["ALLOWED_HOSTS"] == ["mail.campus.example"]


def test_a_redis_may_listen_on_a_unix_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = read("portal/settings.py", PRODUCTION | {"REDIS_URL": "unix://:pw@/run/redis/redis.sock"}, monkeypatch)
    assert taken["CELERY_BROKER_URL"] == "redis+socket://:pw@/run/redis/redis.sock?virtual_host=0"
    assert taken["CACHE_URL"] == "unix://:pw@/run/redis/redis.sock?db=1"


def test_a_sqlite_file_needs_a_folder_to_write_in(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.sqlite3")
    monkeypatch.setitem(settings.DATABASES["default"], "NAME", "/nowhere/portal.sqlite3")
    [found] = [message for message in run_checks(tags=["settings"]) if message.is_serious()]
    assert (found.id, found.msg) == (
        "portal.E003",
        "The SQLite file cannot be kept in /nowhere, which is missing or not ours to write in.",
    )


def variables_read() -> set[str]:
    settings, gunicorn = ((ROOT / file).read_text() for file in ("portal/settings.py", "deploy/gunicorn.conf.py"))
    return set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', settings)) | set(re.findall(r'= _\w+\("([A-Z_]+)"', gunicorn))


def test_the_table_for_operators_holds_each_variable_that_is_read_and_no_other() -> None:
    rows = re.findall(r"^\| (`[A-Z_`, ]+`) \|", (ROOT / "docs" / "operate.md").read_text(), re.MULTILINE)
    assert variables_read() == {name for row in rows for name in re.findall(r"[A-Z_]+", row)}


def test_no_variable_is_left_out_of_these_tests() -> None:
    tried = {name for name, _value, _sentence in (*WRONG, *WRONG_FOR_GUNICORN)}
    tried |= {name for changes, _number, _sentence in REFUSED_BY_A_CHECK for name in changes}
    assert tried == variables_read() | {"SECRET_KEY_FILE"}
