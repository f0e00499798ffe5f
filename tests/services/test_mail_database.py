"""The command that makes the mail database, on a real PostgreSQL."""

from collections.abc import Iterator

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from mailboxes.provisioning.stores import StoreUnavailable
from mailboxes.provisioning.stores.dovecot import accounts, schema
from mailboxes.provisioning.stores.dovecot.database import connected
from mailboxes.provisioning.stores.dovecot.deadline import Deadline
from tests import servers

ADDRESS = "hsiaoming@mx.nthu.edu.tw"
READER = "dovecot-ro"  # a name that needs quotes


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    if servers.postgres_programs() is None:
        pytest.skip("packages missing: postgresql")
    with servers.postgres() as url:
        yield url


@pytest.fixture
def database(cluster: str, settings: LazySettings) -> str:
    settings.MAIL_DATABASE_URL = cluster
    return cluster


def test_a_role_that_is_not_there_is_named_with_the_way_to_make_it(database: str) -> None:
    with pytest.raises(CommandError, match=r"no role nobody-yet.*CREATE ROLE"):
        call_command("mail_database", reader="nobody-yet", verbosity=0)
    with pytest.raises(StoreUnavailable, match=r"manage\.py mail_database"), connected(database, Deadline(5)) as run:
        run("SELECT * FROM portal_accounts")  # nothing was made: all or nothing


def test_the_reader_sees_the_views_and_nothing_else(database: str) -> None:
    with connected(database, Deadline(5)) as run:
        run(f'CREATE ROLE "{READER}" LOGIN')
    for _time in range(2):
        call_command("mail_database", reader=READER, verbosity=0)
    with accounts.opened(database, Deadline(5)) as rows:
        rows.put(ADDRESS, password_hash="{ARGON2ID}x", quota=1, letter_id="", revision=1)
    call_command("mail_database", verbosity=0)  # an upgrade by somebody who forgot the option takes nothing away
    as_reader = database.replace("portal@", f"{READER}@")
    with connected(as_reader, Deadline(5)) as run:
        assert run("SELECT address, password, nologin FROM dovecot_auth") == [(ADDRESS, "{ARGON2ID}x", "y")]
        assert run("SELECT address FROM postfix_mailboxes") == [(ADDRESS,)]
        assert run("SELECT domain FROM postfix_domains") == [("mx.nthu.edu.tw",)]
    for statement in (
        "SELECT * FROM portal_accounts",
        "DELETE FROM portal_accounts",
        "DELETE FROM dovecot_auth",
        "UPDATE dovecot_auth SET password = ''",
        "CREATE TABLE mine (id int)",
    ):
        with (
            pytest.raises(StoreUnavailable, match="42501"),
            connected(as_reader, Deadline(5)) as run,
        ):  # insufficient_privilege
            run(statement)


def test_a_table_of_an_earlier_version_learns_to_close(database: str) -> None:
    call_command("mail_database", verbosity=0)
    with connected(database, Deadline(5)) as run:
        for view in schema.VIEWS:
            run(f"DROP VIEW {view}")
        run("DELETE FROM portal_accounts")
        run("ALTER TABLE portal_accounts DROP COLUMN closed")
        row = "INSERT INTO portal_accounts (address, domain, password_hash, made, revision) VALUES (%s, %s, %s, TRUE, 1)"
        run(row, ADDRESS, "mx.nthu.edu.tw", "x")
    call_command("mail_database", verbosity=0)
    with accounts.opened(database, Deadline(5)) as rows:
        assert rows.seen(ADDRESS).may_sign_in
        rows.close(ADDRESS, 2)
        assert rows.password_hash(ADDRESS) is None


def test_without_a_database_it_says_what_to_set(settings: LazySettings) -> None:
    settings.MAIL_DATABASE_URL = ""
    with pytest.raises(CommandError, match="MAIL_DATABASE_URL is not set"):
        call_command("mail_database")
