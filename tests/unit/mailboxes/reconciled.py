"""What the tests of the reconciliation share: mailboxes that both sides have, on the embedded store."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.conf import LazySettings

from mailboxes.models import Finding, Mailbox, MailService, Reconciliation
from mailboxes.models.stem import stem_of
from mailboxes.provisioning import reconciling
from mailboxes.provisioning.stores.maildir import MaildirStore
from tests.conftest import MakePerson, in_state

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
NIGHT = timedelta(days=1)
Open = Callable[..., Mailbox]


@pytest.fixture
def store(tmp_path: Path, settings: LazySettings) -> MaildirStore:
    settings.MAILDIR_ROOT = tmp_path / "mail"
    return MaildirStore(settings.MAILDIR_ROOT)


@pytest.fixture
def opened(store: MaildirStore, services: dict[str, MailService], make_person: MakePerson) -> Open:
    def make(name: str = "hmwang", *, service: str = "mx", state: str = "active") -> Mailbox:
        stem, number = stem_of(name)
        place = {"local_part": name, "domain": f"{service}.nthu.edu.tw", "stem": stem, "stem_number": number}
        box = Mailbox.objects.create(
            service=services[service], person=make_person(f"z-{name}"), active_at=NOW, **place, **in_state(state)
        )
        put(store, box.address, box.service.quota_bytes)
        return box

    return make


def put(store: MaildirStore, address: str, quota: int = 1000) -> None:
    store.ensure(address, password_hash="{ARGON2ID}x", quota=quota, welcome=letter(), revision=0)


def letter() -> EmailMessage:
    message = EmailMessage()
    message["From"] = "helpdesk@campus.example"
    return message


def change(store: MaildirStore, old: str, new: str) -> None:
    """By hand, in the users file."""
    text = store.users.read_text()
    assert old in text
    store.users.write_text(text.replace(old, new))


def lose(store: MaildirStore, address: str) -> None:
    lines = store.users.read_text().splitlines(keepends=True)
    store.users.write_text("".join(line for line in lines if not line.startswith(f"{address}:")))


def run(nights: int = 0, service: MailService | None = None) -> Reconciliation:
    return reconciling.run(service, now=NOW + nights * NIGHT)


def found() -> set[tuple[str, str]]:
    return set(Finding.objects.filter(resolved_at=None).values_list("address", "kind"))
