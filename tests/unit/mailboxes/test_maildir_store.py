import mailbox as stdlib_mailbox
import os
import time
from email.message import EmailMessage
from pathlib import Path

import pytest

from mailboxes.provisioning.stores import (
    CannotTell,
    Capacity,
    Emptied,
    NoSuchMailbox,
    StoreMismatch,
    StoreUnavailable,
    usersfile,
)
from mailboxes.provisioning.stores.maildir import MaildirStore

ADDRESS = "hsiaoming@mx.nthu.edu.tw"
QUOTA = 5_000_000


def letter() -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "歡迎"
    message["From"] = "helpdesk@campus.example"
    message.set_content("您好\n")
    return message


@pytest.fixture
def store(tmp_path: Path) -> MaildirStore:
    return MaildirStore(tmp_path / "mail")


def ensure(store: MaildirStore, password_hash: str = "{ARGON2ID}one", revision: int = 1) -> None:
    store.ensure(ADDRESS, password_hash=password_hash, quota=QUOTA, welcome=letter(), revision=revision)


def test_it_makes_a_mailbox_that_other_programs_can_read(store: MaildirStore) -> None:
    ensure(store)
    box = stdlib_mailbox.Maildir(str(store.root / "mx.nthu.edu.tw/hsiaoming/Maildir"), create=False)
    assert sorted(box.list_folders()) == ["Drafts", "Junk", "Sent", "Trash"]
    assert [message["Subject"] for message in box] != []
    assert len(box) == 1


def test_it_writes_a_line_in_dovecots_passwd_file_format(store: MaildirStore) -> None:
    ensure(store)
    fields = (store.root / "users").read_text().rstrip("\n").split(":", 7)
    home = str(store.root / "mx.nthu.edu.tw/hsiaoming")
    assert fields[:7] == [ADDRESS, "{ARGON2ID}one", str(os.getuid()), str(os.getgid()), "", home, ""]
    assert f"userdb_quota_rule=*:bytes={QUOTA}" in fields[7].split(" ")


def test_the_users_file_is_for_its_owner_only(store: MaildirStore) -> None:
    ensure(store)
    assert (store.root / "users").stat().st_mode & 0o077 == 0


def test_making_it_twice_is_making_it_once(store: MaildirStore) -> None:
    ensure(store)
    before = (store.root / "users").read_text()
    ensure(store)
    assert (store.root / "users").read_text() == before
    assert store.folders(ADDRESS)[0].messages == 1


def test_making_it_again_after_half_of_it_was_lost_makes_it_whole(store: MaildirStore) -> None:
    ensure(store)
    maildir = store.root / "mx.nthu.edu.tw/hsiaoming/Maildir"
    (maildir / ".Sent" / "cur").rmdir()
    with pytest.raises(StoreMismatch):
        store.check(ADDRESS, password_hash="{ARGON2ID}one", quota=QUOTA)
    ensure(store)
    store.check(ADDRESS, password_hash="{ARGON2ID}one", quota=QUOTA)


def test_the_welcome_letter_is_found_after_a_mail_program_has_shown_it(store: MaildirStore) -> None:
    ensure(store)
    maildir = store.root / "mx.nthu.edu.tw/hsiaoming/Maildir"
    (maildir / "new" / "0.welcome.portal").rename(maildir / "cur" / "0.welcome.portal:2,S")
    ensure(store, revision=2)
    inbox = store.folders(ADDRESS)[0]
    assert (inbox.messages, inbox.unread) == (1, 0)


def test_letters_are_counted_and_only_the_welcome_letter_is_read(store: MaildirStore) -> None:
    ensure(store)
    junk = store.root / "mx.nthu.edu.tw/hsiaoming/Maildir/.Junk"
    (junk / "cur" / "1.junk:2,S").write_bytes(b"x" * 100)
    (junk / "new" / "2.junk").write_bytes(b"y" * 50)
    by_name = {folder.name: folder for folder in store.folders(ADDRESS)}
    assert (by_name["Junk"].messages, by_name["Junk"].unread, by_name["Junk"].octets) == (2, 1, 150)
    welcome = store.welcome(ADDRESS)
    assert welcome is not None
    assert (welcome.subject, welcome.text) == ("歡迎", "您好\n")
    assert store.capacity(ADDRESS) == Capacity(by_name["INBOX"].octets + 150, QUOTA)


def test_folders_of_ones_own_have_names_for_people(store: MaildirStore) -> None:
    ensure(store)
    maildir = store.root / "mx.nthu.edu.tw/hsiaoming/Maildir"
    for name in (".&XAFbWA-", ".Archive.2026", ".R&-D", '.a"b', ".&br!ken-", ".no folder", f".{'長' * 3}{'x' * 200}"):
        (maildir / name / "cur").mkdir(parents=True)
        (maildir / name / "new").mkdir()
    (maildir / ".no folder" / "cur").rmdir()
    names = [folder.name for folder in store.folders(ADDRESS)]
    assert names[:5] == ["INBOX", "Drafts", "Sent", "Junk", "Trash"]
    assert sorted(names[5:]) == sorted(["封存", "Archive/2026", "R&D", 'a"b', "&br!ken-", f"{'長' * 3}{'x' * 200}"])


def test_emptying_takes_what_was_seen_and_nothing_that_came_later(store: MaildirStore) -> None:
    ensure(store)
    trash = store.root / "mx.nthu.edu.tw/hsiaoming/Maildir/.Trash"
    (trash / "new" / "1.old").write_bytes(b"x")
    (trash / "cur" / "2.old:2,S").write_bytes(b"x")
    mark = next(folder.mark for folder in store.folders(ADDRESS) if folder.name == "Trash")
    while (trash / "new" / "1.old").stat().st_ctime_ns >= time.time_ns() - 20_000_000:
        time.sleep(0.01)  # the clock of a file system ticks some hundred times a second
    (trash / "new" / "3.late").write_bytes(b"x")
    assert store.empty(ADDRESS, "Trash", mark) == Emptied(removed=2, left=1)
    assert store.empty(ADDRESS, "Trash", mark) == Emptied(removed=0, left=1)
    assert [path.name for path in (trash / "new").iterdir()] == ["3.late"]
    with pytest.raises(StoreMismatch):
        store.empty(ADDRESS, "Trash", "../../..")


def test_it_has_no_sessions_to_end(store: MaildirStore) -> None:
    ensure(store)
    with pytest.raises(CannotTell):
        store.end_sessions(ADDRESS)


def test_check_refuses_a_mailbox_that_would_not_take_its_owner(store: MaildirStore) -> None:
    ensure(store)
    for password_hash, quota in (("{ARGON2ID}two", QUOTA), ("{ARGON2ID}one", QUOTA + 1)):
        with pytest.raises(StoreMismatch):
            store.check(ADDRESS, password_hash=password_hash, quota=quota)
    store.suspend(ADDRESS, revision=2)
    with pytest.raises(StoreMismatch):
        store.check(ADDRESS, password_hash="{ARGON2ID}one", quota=QUOTA)


def test_check_refuses_a_mailbox_without_its_letter(store: MaildirStore) -> None:
    ensure(store)
    (store.root / "mx.nthu.edu.tw/hsiaoming/Maildir/new/0.welcome.portal").unlink()
    with pytest.raises(StoreMismatch, match="welcome letter"):
        store.check(ADDRESS, password_hash="{ARGON2ID}one", quota=QUOTA)


def test_suspending_keeps_the_password_and_resuming_brings_it_back(store: MaildirStore) -> None:
    ensure(store)
    store.suspend(ADDRESS, revision=2)
    assert "nologin=y" in (store.root / "users").read_text()
    store.resume(ADDRESS, revision=3)
    store.check(ADDRESS, password_hash="{ARGON2ID}one", quota=QUOTA)


def test_closed_it_is_as_if_it_were_not_there_and_resuming_brings_all_of_it_back(store: MaildirStore) -> None:
    ensure(store)
    store.close(ADDRESS, revision=2)
    store.close(ADDRESS, revision=2)
    assert (store.root / "users").read_text().startswith("#")  # a comment for every program that reads it
    with pytest.raises(NoSuchMailbox):
        store.folders(ADDRESS)
    assert not store.takes(ADDRESS, "anything")
    ensure(store)  # of a worker that wakes up late
    store.resume(ADDRESS, revision=1)
    with pytest.raises(NoSuchMailbox):
        store.folders(ADDRESS)
    store.resume(ADDRESS, revision=3)
    store.check(ADDRESS, password_hash="{ARGON2ID}one", quota=QUOTA)
    assert (store.root / "users").read_text().count(ADDRESS) == 1


def test_a_closed_one_that_is_reopened_to_a_suspension_lets_nobody_in(store: MaildirStore) -> None:
    ensure(store)
    store.close(ADDRESS, revision=2)
    store.suspend(ADDRESS, revision=3)
    assert "nologin=y" in (store.root / "users").read_text()
    assert store.folders(ADDRESS)


def test_a_late_worker_cannot_bring_back_an_old_password(store: MaildirStore) -> None:
    ensure(store)
    store.set_password(ADDRESS, password_hash="{ARGON2ID}new", revision=9)
    store.set_password(ADDRESS, password_hash="{ARGON2ID}old", revision=8)
    ensure(store, password_hash="{ARGON2ID}one", revision=1)
    store.check(ADDRESS, password_hash="{ARGON2ID}new", quota=QUOTA)


def test_an_unknown_mailbox_is_named_as_such(store: MaildirStore) -> None:
    for call in (
        lambda: store.set_password(ADDRESS, password_hash="x", revision=1),
        lambda: store.resume(ADDRESS, revision=1),
        lambda: store.folders(ADDRESS),
        lambda: store.capacity(ADDRESS),
        lambda: store.welcome(ADDRESS),
        lambda: store.check(ADDRESS, password_hash="x", quota=1),
    ):
        with pytest.raises(NoSuchMailbox):
            call()
    store.suspend(ADDRESS, revision=1)
    store.close(ADDRESS, revision=1)
    assert not (store.root / "users").exists()


def test_each_rewrite_of_the_users_file_has_a_later_second(store: MaildirStore) -> None:
    """Dovecot compares whole seconds: two rewrites of one size within one would leave the old password valid."""
    ensure(store)
    seconds = [int((store.root / "users").stat().st_mtime)]
    for revision in (2, 3, 4):
        store.set_password(ADDRESS, password_hash=f"{{ARGON2ID}}{revision}", revision=revision)
        seconds.append(int((store.root / "users").stat().st_mtime))
    assert len(set(seconds)) == 4


def test_a_disk_that_cannot_be_written_is_unavailable_and_leaves_no_login(store: MaildirStore) -> None:
    store.root.mkdir()
    (store.root / "mx.nthu.edu.tw").write_text("a file where the folder should be")
    with pytest.raises(StoreUnavailable):
        ensure(store)
    assert not (store.root / "users").exists()


def test_its_problem_is_a_folder_that_cannot_be_written(store: MaildirStore) -> None:
    assert store.problem() is None
    store.root.rmdir()
    store.root.write_text("a file where the folder should be")
    assert "Set MAILDIR_ROOT" in str(store.problem())


def test_a_users_file_that_somebody_else_wrote_is_not_touched(store: MaildirStore) -> None:
    store.root.mkdir()
    (store.root / "users").write_text(f"{ADDRESS}:{{PLAIN}}x:1:1::/home::\n")
    with pytest.raises(StoreMismatch):
        ensure(store)
    assert "{PLAIN}" in (store.root / "users").read_text()


def test_a_name_that_begins_like_another_is_another(store: MaildirStore) -> None:
    ensure(store)
    with pytest.raises(NoSuchMailbox):
        store.folders("hsiaoming@mx.nthu.edu")
    assert usersfile.find(store.users, "hsiao") is None
