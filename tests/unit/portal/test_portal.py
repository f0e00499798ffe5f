import os
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.sessions.models import Session
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone

from portal import checks, env
from portal.celery import app
from portal.tasks import housekeeping
from sso_bridge.models import SpentToken


@pytest.mark.parametrize("value", ["true", "yes", "2", "", " 1"])
def test_a_switch_is_0_or_1_and_nothing_else(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("DEBUG", value)
    with pytest.raises(ImproperlyConfigured, match=r"DEBUG is .* Set it to 0 or 1"):
        env.boolean("DEBUG")


@pytest.mark.parametrize("value", ["-1", "5s", "", "1.5", "٣"])
def test_a_number_that_cannot_be_meant_names_its_variable(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("HANDOFF_SKEW", value)
    with pytest.raises(ImproperlyConfigured, match="HANDOFF_SKEW"):
        env.integer("HANDOFF_SKEW", 5, most=60)


def test_a_secret_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    (tmp_path / "key").write_text("from-the-file-" + "f0123456789" * 5 + "\n")
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "key"))
    assert env.secret("SECRET_KEY", dev=None) == "from-the-file-" + "f0123456789" * 5
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "missing"))
    with pytest.raises(ImproperlyConfigured, match=r"SECRET_KEY_FILE names .*cannot be read"):
        env.secret("SECRET_KEY", dev=None)


def test_without_a_secret_the_site_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY is not set"):
        env.secret("SECRET_KEY", dev=None)


def test_https_can_be_off_on_this_machine_only(settings: LazySettings) -> None:
    settings.HTTPS, settings.DEBUG = False, False
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    assert checks.open_to_this_machine_only(None) == []
    settings.ALLOWED_HOSTS = ["mail.campus.example"]
    assert [problem.id for problem in checks.open_to_this_machine_only(None)] == ["portal.E001"]


def test_health_tells_of_a_key_file_that_is_not_in_force(client: Client, settings: LazySettings, tmp_path: Any) -> None:
    settings.HANDOFF_KEYS_FILE = tmp_path / "keys.json"
    settings.HANDOFF_KEYS_FILE.write_text("not a key set")
    answer = client.get("/healthz").json()
    assert answer["ok"] is True
    assert "not a JWK Set" in answer["handoff_keys"]


@pytest.mark.django_db
def test_these_tests_run_on_the_database_that_the_environment_names() -> None:
    asked_for = os.environ.get("DATABASE_URL", "sqlite").partition(":")[0]
    assert connection.vendor == {"postgres": "postgresql"}.get(asked_for, asked_for)


@pytest.mark.django_db
def test_housekeeping_forgets_what_has_ended_and_keeps_the_rest() -> None:
    now = timezone.now()
    for name, age in (("old", -1), ("new", 1)):
        Session.objects.create(session_key=name, session_data="", expire_date=now + timedelta(days=age))
        SpentToken.objects.create(issuer="https://ais.test", jti=name, expires_at=now + timedelta(days=age))
    housekeeping()
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]
    assert list(SpentToken.objects.values_list("jti", flat=True)) == ["new"]


def test_every_scheduled_task_exists() -> None:
    app.loader.import_default_modules()
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)


@pytest.mark.django_db
def test_every_page_has_the_strict_headers(client: Client) -> None:
    headers = client.get("/help/").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
def test_readiness_tells_of_the_database_and_of_redis(client: Client, settings: LazySettings) -> None:
    settings.CACHE_URL = "redis://127.0.0.1:1/1"
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "database": "ok", "redis": "unreachable"})
    assert answer.headers["Cache-Control"].startswith("max-age=0, no-cache")


@pytest.mark.django_db(transaction=True)
def test_a_database_without_a_migration_is_not_ready(client: Client) -> None:
    MigrationRecorder(connection).record_unapplied("mailboxes", "0001_initial")
    try:
        answer = client.get("/readyz")
    finally:
        MigrationRecorder(connection).record_applied("mailboxes", "0001_initial")
    assert (answer.status_code, answer.json()["database"]) == (503, "migrations-missing")


@pytest.mark.django_db
def test_whoever_watches_needs_no_https(client: Client, settings: LazySettings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz").status_code == client.get("/readyz").status_code == 200
    assert client.get("/help/").status_code == 301
