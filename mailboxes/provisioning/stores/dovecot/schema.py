"""The mail system's own database: one table, and the views that Dovecot and Postfix read. Every statement may be repeated.

``made`` says that the mailbox is whole, and ``closed`` that no program is to know of it until it is reopened; its domain
stays known, so that Postfix says of the address that there is no such mailbox. A row without a hash stands for no mailbox:
it keeps a late call from making one.
``filter`` is the Sieve script (RFC 5228) that runs before the owner's own. Of a suspended mailbox another one runs in its
place, after which the owner's own does not, so that nothing goes out whoever asked for it.
"""

from mailboxes.provisioning.stores import StoreMismatch
from mailboxes.provisioning.stores.dovecot.database import Run, connected, is_postgres, make_sqlite_file
from mailboxes.provisioning.stores.dovecot.deadline import Deadline

SECONDS = 30.0

TABLE = """
CREATE TABLE IF NOT EXISTS portal_accounts (
    address text PRIMARY KEY,
    domain text NOT NULL,
    password_hash text,
    quota bigint NOT NULL DEFAULT 0,
    letter_id text NOT NULL DEFAULT '',
    made boolean NOT NULL DEFAULT FALSE,
    suspended boolean NOT NULL DEFAULT FALSE,
    revision bigint NOT NULL
)
"""
LATER_COLUMNS = {  # a table of an earlier version gets them too
    "filter": "text NOT NULL DEFAULT ''",
    "closed": "boolean NOT NULL DEFAULT FALSE",
}
INDEX = "CREATE INDEX IF NOT EXISTS portal_accounts_domain ON portal_accounts (domain) WHERE password_hash IS NOT NULL"
VIEWS = {
    "dovecot_auth": """
        SELECT address, password_hash AS password,
            CASE WHEN suspended OR NOT made THEN 'y' END AS nologin,
            CASE WHEN suspended THEN 'This mailbox is suspended. Please ask the office that gave it to you.'
                 WHEN NOT made THEN 'This mailbox is still being opened. Please try again in a few minutes.' END AS reason,
            '*:bytes=' || quota AS quota_rule, revision
        FROM portal_accounts WHERE password_hash IS NOT NULL AND NOT closed
    """,
    "dovecot_filters": """
        SELECT address, 'portal' AS name,
            CASE WHEN suspended THEN 'require "fileinto"; fileinto "INBOX";' ELSE filter END AS script
        FROM portal_accounts WHERE password_hash IS NOT NULL AND NOT closed AND (suspended OR filter <> '')
    """,
    "postfix_mailboxes": "SELECT address FROM portal_accounts WHERE password_hash IS NOT NULL AND NOT closed",
    "postfix_domains": "SELECT DISTINCT domain FROM portal_accounts WHERE password_hash IS NOT NULL",
}


def make(url: str, *, reader: str = "") -> None:
    """Bring table and views to what this version needs; ``reader`` is a PostgreSQL role that gets to see the views alone.

    StoreUnavailable if the database cannot be used, StoreMismatch if there is no such role.
    """
    postgres = is_postgres(url)
    if not postgres:
        make_sqlite_file(url)
    with connected(url, Deadline(SECONDS)) as run:
        if not postgres:
            run("PRAGMA journal_mode=WAL")  # so that Dovecot reads while the portal writes
        run("BEGIN")
        run(TABLE)
        _add_columns(run, postgres)
        run(INDEX)
        for view, query in VIEWS.items():
            if postgres:
                run(f"CREATE OR REPLACE VIEW {view} AS {query}")
            else:
                _replace_in_sqlite(run, view, f"CREATE VIEW {view} AS {query.strip()}")
        if reader:
            _let_read(run, reader)
        run("COMMIT")


def _add_columns(run: Run, postgres: bool) -> None:
    for column, kind in LATER_COLUMNS.items():
        if postgres:
            run(f"ALTER TABLE portal_accounts ADD COLUMN IF NOT EXISTS {column} {kind}")
        elif run("SELECT 1 FROM pragma_table_info('portal_accounts') WHERE name = %s", column) == []:
            run(f"ALTER TABLE portal_accounts ADD COLUMN {column} {kind}")


def _replace_in_sqlite(run: Run, view: str, statement: str) -> None:
    # Only if it differs: Dovecot fails its first look after any change of the schema.
    if run("SELECT 1 FROM sqlite_master WHERE name = %s AND sql = %s", view, statement) == []:
        run(f"DROP VIEW IF EXISTS {view}")
        run(statement)


def _let_read(run: Run, reader: str) -> None:
    if not run("SELECT 1 FROM pg_roles WHERE rolname = %s", reader):
        raise StoreMismatch(
            f"The mail database has no role {reader}. Make it first: CREATE ROLE {reader} LOGIN PASSWORD '...'"
        )
    [(role,)] = run("SELECT quote_ident(%s)", reader)
    run(f"REVOKE ALL ON portal_accounts FROM {role}")
    run(f"GRANT SELECT ON {', '.join(VIEWS)} TO {role}")
