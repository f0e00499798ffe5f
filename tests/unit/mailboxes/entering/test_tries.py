"""How often somebody may try at the door of the mailboxes, and what a store that is away does to it."""

import os

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from pytest_django.asserts import assertContains, assertNotContains

from accounts.models import AuditEvent
from mailboxes.entering.door import WRONG_A_MAILBOX, WRONG_A_VISITOR
from mailboxes.models import Mailbox, MailService
from mailboxes.provisioning import hashing
from mailboxes.provisioning.stores.maildir import MaildirStore
from tests.conftest import GOOD_PASSWORD
from tests.unit.mailboxes.entering.conftest import ADDRESS, HASH, OTHER_PASSWORD, UNKNOWN, give

pytestmark = pytest.mark.thorough

# --- limits -------------------------------------------------------------------------------------------------------------


def test_guessing_at_one_mailbox_is_stopped_wherever_it_comes_from(
    box: Mailbox, hashes: list[str], settings: Settings
) -> None:
    settings.TRUSTED_PROXIES = ["127.0.0.1"]

    def tried(number: int, password: str) -> HttpResponse:
        headers = {"accept-language": "en", "x-forwarded-for": f"192.0.2.{number}"}
        return give(Client(headers=headers), password=password)

    for number in range(WRONG_A_MAILBOX):
        assert tried(number, OTHER_PASSWORD).status_code == 422
    page = tried(99, GOOD_PASSWORD)
    assertContains(page, "There were too many wrong tries", status_code=429)
    assertContains(page, "too-many-tries", status_code=429)
    assert len(hashes) == WRONG_A_MAILBOX
    assert AuditEvent.objects.count() == WRONG_A_MAILBOX
    with time_machine.travel(timezone.now().timestamp() + 601):
        assert tried(99, GOOD_PASSWORD).status_code == 302


def test_an_unknown_address_is_counted_like_any_other(box: Mailbox, visitor: Client) -> None:
    assert [give(visitor, UNKNOWN).status_code for _ in range(WRONG_A_MAILBOX + 1)] == [422] * WRONG_A_MAILBOX + [429]


def test_one_visitor_does_not_try_one_address_after_another(box: Mailbox, visitor: Client) -> None:
    for number in range(WRONG_A_VISITOR):
        assert give(visitor, f"hmwang{number}@mx.nthu.edu.tw").status_code == 422
    assert give(visitor).status_code == 429
    MailService.objects.update(password_sign_in=True)
    assert give(visitor, "somebody@mail.edu.tw").status_code == 429


def test_a_whole_network_of_ipv6_is_one_visitor(box: Mailbox, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = ["127.0.0.1"]

    def tried(address: str, number: int) -> int:
        client = Client(headers={"x-forwarded-for": address})
        return give(client, f"hmwang{number}@mx.nthu.edu.tw").status_code

    for number in range(WRONG_A_VISITOR):
        assert tried(f"2001:db8:0:1::{number + 1:x}", number) == 422
    assert tried("2001:db8:0:1:ffff::1", 98) == 429
    assert tried("2001:db8:0:2::1", 99) == 422


def test_right_passwords_are_not_counted(box: Mailbox) -> None:
    """A school with one address, and somebody with many telephones."""
    for _ in range(WRONG_A_VISITOR + 1):
        assert give(Client()).status_code == 302


# --- the store is away --------------------------------------------------------------------------------------------------


def test_a_store_that_cannot_be_asked_has_its_page_and_costs_no_try(
    box: Mailbox, store: MaildirStore, visitor: Client
) -> None:
    os.rename(store.users, store.root / "kept")
    store.users.mkdir()
    for _ in range(WRONG_A_MAILBOX + 1):
        for address in (ADDRESS, UNKNOWN):
            page = give(visitor, address)
            assertContains(page, "The mail server cannot be asked at this moment", status_code=503)
            assertContains(page, "store-unavailable", status_code=503)
            assertNotContains(page, GOOD_PASSWORD, status_code=503)
    store.users.rmdir()
    os.rename(store.root / "kept", store.users)
    assert give(visitor).status_code == 302


def test_a_service_whose_store_is_not_there_says_so(box: Mailbox, visitor: Client) -> None:
    MailService.objects.update(store="dovecot")
    assertContains(give(visitor), "store-mismatch", status_code=503)


# --- hashes -------------------------------------------------------------------------------------------------------------


def test_nobodys_hash_costs_as_much_as_anybodys() -> None:
    assert hashing.NOBODYS.rsplit("$", 2)[0] == HASH.rsplit("$", 2)[0]
    assert not hashing.fits(GOOD_PASSWORD, None)


@pytest.mark.parametrize("password_hash", ["", "{ARGON2ID}", "{ARGON2ID}$argon2id$v=19$broken", "{PLAIN}" + GOOD_PASSWORD])
def test_what_is_no_hash_of_ours_fits_nothing(password_hash: str) -> None:
    assert not hashing.fits(GOOD_PASSWORD, password_hash)
