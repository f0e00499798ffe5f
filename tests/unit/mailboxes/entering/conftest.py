"""A door that is open, somebody's mailbox behind it, and a browser before it."""

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Person
from mailboxes.models import Mailbox, MailService
from mailboxes.provisioning.hashing import hash_password
from mailboxes.provisioning.stores.maildir import MaildirStore
from tests.conftest import GOOD_PASSWORD

DOOR = "/sign-in/"
ADDRESS = "hmwang@mx.nthu.edu.tw"
UNKNOWN = "hmwong@mx.nthu.edu.tw"
OTHER_PASSWORD = "seven-lanterns-by-the-canal"
HASH = hash_password(GOOD_PASSWORD)


@pytest.fixture(autouse=True)
def no_tries_yet() -> None:
    cache.clear()


@pytest.fixture
def store(tmp_path: Path, settings: Settings) -> MaildirStore:
    settings.MAILDIR_ROOT = tmp_path / "mail"
    return MaildirStore(settings.MAILDIR_ROOT)


@pytest.fixture
def mx(services: dict[str, MailService]) -> MailService:
    MailService.objects.filter(slug="mx").update(password_sign_in=True)
    return services["mx"]


@pytest.fixture
def box(mx: MailService, wang: Person, store: MaildirStore) -> Mailbox:
    letter = EmailMessage()
    letter["Subject"] = "welcome"
    store.ensure(ADDRESS, password_hash=HASH, quota=1_000_000, welcome=letter, revision=1)
    facts = {"local_part": "hmwang", "stem": "hmwang", "stem_number": 1, "domain": "mx.nthu.edu.tw"}
    return Mailbox.objects.create(service=mx, person=wang, state="active", active_at=timezone.now(), **facts)


@pytest.fixture
def visitor() -> Client:
    return Client(headers={"accept-language": "en"})


def give(client: Client, address: str = ADDRESS, password: str = GOOD_PASSWORD, **more: Any) -> HttpResponse:
    return client.post(DOOR, {"address": address, "password": password}, **more)  # type: ignore[return-value]


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The costs of every hash that is worked out."""
    done: list[str] = []
    verify = PasswordHasher.verify

    def counted(hasher: PasswordHasher, password_hash: str, password: str) -> bool:
        done.append(password_hash.rsplit("$", 2)[0])
        return verify(hasher, password_hash, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    yield done
