"""The store ``dovecot`` on a real Dovecot, its accounts in SQLite and in PostgreSQL."""

import smtplib
from collections.abc import Callable

import pytest

from mailboxes.provisioning.hashing import hash_password
from mailboxes.provisioning.stores import NoSuchMailbox, StoreMismatch
from mailboxes.provisioning.stores.dovecot import accounts, schema
from mailboxes.provisioning.stores.dovecot.accounts import Accounts
from mailboxes.provisioning.stores.dovecot.deadline import Deadline
from mailboxes.provisioning.stores.dovecot.store import DovecotStore
from tests.mailserver import MailServer
from tests.services.conftest import FIRST, QUOTA, SECOND, Refuses, letter, signed_in

HASH = hash_password(FIRST)
OTHER = hash_password(SECOND)


def ensure(store: DovecotStore, address: str, password_hash: str = HASH, revision: int = 1) -> None:
    store.ensure(address, password_hash=password_hash, quota=QUOTA, welcome=letter(address), revision=revision)


def change(store: DovecotStore, use: Callable[[Accounts], object]) -> None:
    with accounts.opened(store.database, Deadline(5)) as rows:
        use(rows)


def letters(server: MailServer, address: str, password: str = FIRST) -> int:
    with signed_in(server, address, password) as client:
        return int(client.select()[1][0] or 0)


def send(server: MailServer, address: str) -> None:
    with smtplib.LMTP("127.0.0.1", server.lmtp) as lmtp:
        lmtp.sendmail("colleague@example.org", [address], "Subject: lunch\r\n\r\nAt noon?\r\n")


# --- made -------------------------------------------------------------------------------------------------------------


def test_a_client_signs_in_with_the_password_and_with_no_other(
    server: MailServer, store: DovecotStore, address: str, refuses: Refuses
) -> None:
    ensure(store, address)
    assert letters(server, address) == 1
    refuses(address, SECOND, "AUTHENTICATIONFAILED")


def test_it_has_its_folders_their_uses_and_its_quota(server: MailServer, store: DovecotStore, address: str) -> None:
    ensure(store, address)
    with signed_in(server, address, FIRST) as client:
        listed = {line.rpartition(b' "/" ')[2]: line for line in client.list()[1] if isinstance(line, bytes)}
        subscribed = {line.rpartition(b' "/" ')[2] for line in client.lsub()[1] if isinstance(line, bytes)}
        quota = client.getquotaroot("INBOX")[1][1]
    assert set(listed) == subscribed == {b"INBOX", b"Drafts", b"Sent", b"Junk", b"Trash"}
    assert all(b"\\" + name in listed[name] for name in (b"Drafts", b"Sent", b"Junk", b"Trash"))
    assert f"STORAGE 1 {QUOTA // 1024}" in str(quota)


def test_a_letter_beyond_the_quota_is_refused(server: MailServer, store: DovecotStore, address: str) -> None:
    ensure(store, address)
    large = "Subject: large\r\n\r\n" + ("x" * 76 + "\r\n") * (2 * QUOTA // 76)
    with smtplib.LMTP("127.0.0.1", server.lmtp) as lmtp, pytest.raises(smtplib.SMTPDataError, match=r"5\.2\.2"):
        lmtp.sendmail("colleague@example.org", [address], large)
    assert letters(server, address) == 1


def test_every_folder_is_counted_and_only_the_welcome_letter_is_read(
    server: MailServer, store: DovecotStore, address: str
) -> None:
    ensure(store, address)
    send(server, address)
    with signed_in(server, address, FIRST) as client:
        client.create("Archive/2026")
        client.append("Junk", "(\\Seen)", None, b"Subject: win\r\n\r\nNow.\r\n")
    folders = store.folders(address)
    assert [folder.name for folder in folders] == ["INBOX", "Drafts", "Sent", "Junk", "Trash", "Archive/2026"]
    by_name = {folder.name: folder for folder in folders}
    assert (by_name["INBOX"].messages, by_name["INBOX"].unread) == (2, 2)
    assert (by_name["Junk"].messages, by_name["Junk"].unread, by_name["Junk"].octets) == (1, 0, 22)
    capacity = store.capacity(address)
    assert capacity.limit == QUOTA
    assert 0 <= capacity.used - sum(folder.octets for folder in folders) < 1024  # Dovecot counts in KiB
    welcome = store.welcome(address)
    assert welcome is not None
    assert (welcome.subject, welcome.text) == ("歡迎", "您好\n")


def test_a_welcome_letter_that_its_owner_has_deleted_is_not_there(
    server: MailServer, store: DovecotStore, address: str
) -> None:
    ensure(store, address)
    with signed_in(server, address, FIRST) as client:
        client.select()
        client.store("1", "+FLAGS", "\\Deleted")
        client.expunge()
    assert store.welcome(address) is None
    with pytest.raises(StoreMismatch, match="welcome letter"):
        store.check(address, password_hash=HASH, quota=QUOTA)


# --- made twice, half, or late ------------------------------------------------------------------------------------------


def test_making_it_twice_is_making_it_once(server: MailServer, store: DovecotStore, address: str) -> None:
    ensure(store, address)
    with signed_in(server, address, FIRST) as client:
        ensure(store, address)
        assert client.noop()[0] == "OK"  # nobody is thrown out by it
        ensure(store, address, revision=2)
    assert letters(server, address) == 1
    store.check(address, password_hash=HASH, quota=QUOTA)


def test_one_that_was_left_half_made_lets_nobody_in_and_takes_letters(
    server: MailServer, store: DovecotStore, address: str, refuses: Refuses
) -> None:
    fields = {"password_hash": HASH, "quota": QUOTA, "letter_id": f"<welcome.{address}>", "revision": 1}
    change(store, lambda rows: rows.put(address, **fields))  # type: ignore[arg-type]
    refuses(address, FIRST, "CONTACTADMIN.*still being opened")
    send(server, address)
    with pytest.raises(StoreMismatch):
        store.check(address, password_hash=HASH, quota=QUOTA)
    ensure(store, address)
    assert letters(server, address) == 2
    store.check(address, password_hash=HASH, quota=QUOTA)


def test_making_it_again_brings_back_a_folder_that_was_lost(server: MailServer, store: DovecotStore, address: str) -> None:
    ensure(store, address)
    with signed_in(server, address, FIRST) as client:
        client.append("Sent", "", None, b"Subject: kept\r\n\r\n.\r\n")
        client.delete("Junk")
    with pytest.raises(StoreMismatch, match="Junk"):
        store.check(address, password_hash=HASH, quota=QUOTA)
    ensure(store, address)
    store.check(address, password_hash=HASH, quota=QUOTA)
    assert {folder.name: folder.messages for folder in store.folders(address)}["Sent"] == 1


def test_a_late_worker_cannot_bring_back_an_old_password(
    server: MailServer, store: DovecotStore, address: str, refuses: Refuses
) -> None:
    ensure(store, address)
    store.set_password(address, password_hash=OTHER, revision=9)
    store.set_password(address, password_hash=HASH, revision=8)
    ensure(store, address, revision=1)
    store.check(address, password_hash=OTHER, quota=QUOTA)
    refuses(address, FIRST, "AUTHENTICATIONFAILED")
    store.suspend(address, revision=8)
    assert letters(server, address, SECOND) == 1


def test_a_late_worker_cannot_open_what_was_cancelled_before_it_was_made(
    store: DovecotStore, address: str, refuses: Refuses
) -> None:
    store.suspend(address, revision=2)
    with pytest.raises(NoSuchMailbox):
        ensure(store, address, revision=1)
    refuses(address, FIRST, "AUTHENTICATIONFAILED")
    ensure(store, address, revision=3)
    store.check(address, password_hash=HASH, quota=QUOTA)


def test_a_newer_wish_for_a_suspended_address_opens_it(store: DovecotStore, address: str) -> None:
    ensure(store, address)
    store.suspend(address, revision=2)
    ensure(store, address, password_hash=OTHER, revision=3)
    store.check(address, password_hash=OTHER, quota=QUOTA)


# --- changed ------------------------------------------------------------------------------------------------------------


def test_a_new_password_holds_at_once_and_ends_the_sessions_of_the_old_one(
    server: MailServer, store: DovecotStore, address: str, refuses: Refuses
) -> None:
    ensure(store, address)
    with signed_in(server, address, FIRST) as client:
        client.select()
        client.send(b"i1 IDLE\r\n")
        assert client.readline().startswith(b"+ idling")
        store.set_password(address, password_hash=OTHER, revision=2)
        assert letters(server, address, SECOND) == 1
        refuses(address, FIRST, "AUTHENTICATIONFAILED")
        client.sock.settimeout(20)
        assert client.readline().startswith(b"* BYE")
        assert client.readline() == b""  # the connection is closed


def test_suspending_refuses_the_owner_and_still_takes_letters_until_they_are_let_in_again(
    server: MailServer, store: DovecotStore, address: str, refuses: Refuses
) -> None:
    ensure(store, address)
    with signed_in(server, address, FIRST) as client:
        store.suspend(address, revision=2)
        client.sock.settimeout(20)
        assert client.readline().startswith(b"* BYE")
    refuses(address, FIRST, r"CONTACTADMIN\] This mailbox is suspended")
    refuses(address, SECOND, "AUTHENTICATIONFAILED")  # the reason is for the owner only
    send(server, address)
    with pytest.raises(StoreMismatch):
        store.check(address, password_hash=HASH, quota=QUOTA)
    store.resume(address, revision=3)
    assert letters(server, address) == 2


def test_an_unknown_mailbox_is_named_as_such(store: DovecotStore, address: str) -> None:
    for call in (
        lambda: store.set_password(address, password_hash="x", revision=1),
        lambda: store.resume(address, revision=1),
        lambda: store.welcome(address),
        lambda: store.folders(address),
        lambda: store.capacity(address),
        lambda: store.check(address, password_hash="x", quota=1),
    ):
        with pytest.raises(NoSuchMailbox):
            call()
    store.suspend(address, revision=1)
    with pytest.raises(NoSuchMailbox):
        store.welcome(address)


# --- proved -------------------------------------------------------------------------------------------------------------


def test_check_refuses_what_is_not_what_was_asked_for(store: DovecotStore, address: str) -> None:
    ensure(store, address)
    for password_hash, quota in ((OTHER, QUOTA), (HASH, QUOTA + 1)):
        with pytest.raises(StoreMismatch, match="something else"):
            store.check(address, password_hash=password_hash, quota=quota)


def test_check_needs_dovecot_to_see_the_very_row(server: MailServer, store: DovecotStore, address: str) -> None:
    """The portal writes to a copy that Dovecot does not read, as with a replica that lags behind."""
    ensure(store, address)
    copy = DovecotStore(f"sqlite:///{server.place / 'copy.sqlite3'}", store.doveadm, store.lmtp)
    schema.make(copy.database)
    ensure(copy, address, revision=2)
    with pytest.raises(StoreMismatch, match=r"Dovecot sees .* otherwise"):
        copy.check(address, password_hash=HASH, quota=QUOTA)


def test_making_the_tables_again_keeps_what_is_there(store: DovecotStore, address: str) -> None:
    ensure(store, address)
    schema.make(store.database)
    store.check(address, password_hash=HASH, quota=QUOTA)
