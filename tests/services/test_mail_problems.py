"""What the store ``dovecot`` says of itself on a real mail server, and of each setting that an operator can make wrong."""

import re

from mailboxes.provisioning.stores.dovecot import schema
from mailboxes.provisioning.stores.dovecot.database import connected
from mailboxes.provisioning.stores.dovecot.deadline import Deadline
from mailboxes.provisioning.stores.dovecot.store import DovecotStore
from tests.mailserver import MailServer
from tests.servers import free_port
from tests.services.conftest import store_of


def test_where_nothing_is_wrong_nothing_stays_behind(store: DovecotStore, server: MailServer) -> None:
    assert store.problem() is None
    with connected(store.database, Deadline(5)) as run:
        assert run("SELECT count(*) FROM portal_accounts") == [(0,)]
    assert list((server.place / "letters").iterdir()) == []


def test_each_thing_that_can_be_wrong_names_its_setting(server: MailServer) -> None:
    nobody = free_port()
    empty = f"sqlite:///{server.place / 'empty.sqlite3'}"
    schema.make(empty)
    for name, value, said in (
        ("MAIL_DATABASE_URL", f"postgres://portal:secret@127.0.0.1:{nobody}/x", "MAIL_DATABASE_URL.*refused"),
        ("MAIL_DATABASE_URL", f"sqlite:///{server.place / 'none.sqlite3'}", "MAIL_DATABASE_URL.*unable to open"),
        ("MAIL_DATABASE_URL", empty, "another database than MAIL_DATABASE_URL"),
        ("DOVEADM_URL", f"http://127.0.0.1:{nobody}", "DOVEADM_URL.*refused.*Is Dovecot running"),
        ("DOVEADM_API_KEY", "wrong", "Give DOVEADM_API_KEY the value"),
        ("LMTP_URL", f"lmtp://127.0.0.1:{nobody}", "LMTP_URL.*refused"),
        ("LMTP_URL", f"lmtp://127.0.0.1:{server.doveadm}", "LMTP_URL"),
        ("IMAP_URL", f"imap://127.0.0.1:{nobody}", "IMAP_URL.*refused"),
        ("IMAP_URL", f"imap://127.0.0.1:{server.lmtp}", "IMAP_URL"),
    ):
        problem = store_of(server, **{name: value}).problem()
        assert re.search(said, problem or ""), (name, problem)
        assert "secret" not in str(problem)


def test_a_database_without_its_tables_is_told_how_they_are_made(server: MailServer) -> None:
    bare = server.place / "bare.sqlite3"
    bare.touch()
    problem = store_of(server, MAIL_DATABASE_URL=f"sqlite:///{bare}").problem()
    assert "Run: manage.py mail_database" in str(problem)
