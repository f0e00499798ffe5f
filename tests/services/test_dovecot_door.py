"""Whether a password is the one of a mailbox on a real Dovecot: what the door of the mailboxes asks."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from pytest_django.asserts import assertContains

from accounts.models import Person
from mailboxes.models import Mailbox, MailService
from mailboxes.provisioning.hashing import hash_password
from mailboxes.provisioning.stores import StoreUnavailable
from mailboxes.provisioning.stores.dovecot import accounts
from mailboxes.provisioning.stores.dovecot.deadline import Deadline
from mailboxes.provisioning.stores.dovecot.store import DovecotStore
from tests.mailserver import MailServer
from tests.services.conftest import FIRST, QUOTA, SECOND, Refuses, letter, signed_in, store_of

HASH = hash_password(FIRST)


def ensure(store: DovecotStore, address: str) -> None:
    store.ensure(address, password_hash=HASH, quota=QUOTA, welcome=letter(address), revision=1)


def test_it_takes_what_dovecot_takes_and_nothing_else(
    server: MailServer, store: DovecotStore, address: str, refuses: Refuses
) -> None:
    ensure(store, address)
    with signed_in(server, address, FIRST):
        assert store.takes(address, FIRST)
    refuses(address, SECOND, "AUTHENTICATIONFAILED")
    assert not store.takes(address, SECOND)
    store.set_password(address, password_hash=hash_password(SECOND), revision=2)
    assert (store.takes(address, FIRST), store.takes(address, SECOND)) == (False, True)


def test_nobodys_address_takes_nothing(store: DovecotStore, address: str) -> None:
    assert not store.takes(address, FIRST)
    store.suspend(address, revision=1)  # leaves a row without a hash
    assert not store.takes(address, FIRST)


def test_a_suspended_owner_is_known_by_the_password(store: DovecotStore, address: str) -> None:
    ensure(store, address)
    store.suspend(address, revision=2)
    assert (store.takes(address, FIRST), store.takes(address, SECOND)) == (True, False)


def test_an_address_that_is_nobodys_costs_no_connection(server: MailServer, store: DovecotStore, address: str) -> None:
    """Making a new one would take longer than the question, and so tell that the address is nobody's."""
    ensure(store, address)
    seen = []
    for tried in (address, f"no-{address}", address):
        store.takes(tried, SECOND)
        with accounts.opened(store.database, Deadline(5)) as rows:
            seen.append(_backend(rows._run, store.database))
    assert len(set(seen)) == 1


def _backend(run: Callable[..., list[tuple[int]]], url: str) -> int:
    return run("SELECT pg_backend_pid()")[0][0] if url.startswith("postgres") else 0


def test_it_is_said_when_the_database_is_away(server: MailServer, tmp_path: Path) -> None:
    away = store_of(server, MAIL_DATABASE_URL=f"sqlite:///{tmp_path / 'away.sqlite3'}")
    with pytest.raises(StoreUnavailable) as raised:
        away.takes("hsiaoming@mx.nthu.edu.tw", FIRST)
    assert FIRST not in str(raised.value)


@pytest.mark.django_db
def test_the_owner_comes_in_by_the_page(
    server: MailServer, store: DovecotStore, services: dict[str, MailService], wang: Person, settings: Settings
) -> None:
    env = server.env()
    for name in ("MAIL_DATABASE_URL", "DOVEADM_URL", "DOVEADM_API_KEY", "LMTP_URL", "IMAP_URL"):
        setattr(settings, name, env[name])
    MailService.objects.filter(slug="mx").update(password_sign_in=True, store="dovecot")
    address = "hm.wang@mx.nthu.edu.tw"
    ensure(store, address)
    box = Mailbox(service=services["mx"], person=wang, local_part="hm.wang", domain="mx.nthu.edu.tw", stem="hmwang")
    box.stem_number, box.state, box.active_at = 1, "active", timezone.now()
    box.save()
    client = Client(headers={"accept-language": "en"})
    wrong = client.post("/sign-in/", {"address": address, "password": SECOND})
    unknown = client.post("/sign-in/", {"address": "hm.wong@mx.nthu.edu.tw", "password": SECOND})
    assert wrong.status_code == unknown.status_code == 422
    assert client.post("/sign-in/", {"address": address, "password": FIRST})["Location"] == "/"
    assertContains(client.get("/"), "z99999")
