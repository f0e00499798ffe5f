"""The rows of the mail database: what the portal writes there, and what Dovecot sees of it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from mailboxes.provisioning.stores import NoSuchMailbox
from mailboxes.provisioning.stores.dovecot.database import Run, connected
from mailboxes.provisioning.stores.dovecot.deadline import Deadline

ROWS = """
SELECT kept.address, kept.made, kept.suspended, kept.quota, kept.filter, seen.quota_rule, seen.revision
FROM portal_accounts AS kept JOIN dovecot_auth AS seen ON seen.address = kept.address WHERE kept.address IN ({marks})
"""


@dataclass(frozen=True)
class Row:
    """A mailbox as the rows have it, and as the view shows it to Dovecot."""

    made: bool
    suspended: bool
    quota: int
    filter: str
    quota_rule: str
    revision: int


@dataclass(frozen=True)
class Seen:
    """A row of the view by which Dovecot lets people in."""

    password_hash: str
    may_sign_in: bool
    quota_rule: str
    revision: int


class Accounts:
    """Every change holds only if its revision is not older than the row's."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def put(
        self, address: str, *, password_hash: str, quota: int, letter_id: str, revision: int, suspended: bool = False
    ) -> None:
        """A row that lets nobody in yet. With the same revision again, what is made stays made.

        It may be suspended by then, or no longer: that counts also with the same revision.
        """
        self._run(
            """
            INSERT INTO portal_accounts (address, domain, password_hash, quota, letter_id, suspended, revision)
            VALUES (%s, %s, %s, %s, %s, %s, %s)
            ON CONFLICT (address) DO UPDATE SET
                password_hash = excluded.password_hash, quota = excluded.quota, letter_id = excluded.letter_id,
                made = portal_accounts.made AND portal_accounts.revision = excluded.revision,
                suspended = excluded.suspended, closed = FALSE, revision = excluded.revision
            WHERE portal_accounts.revision <= excluded.revision
            """,
            *(address, address.partition("@")[2], password_hash, quota, letter_id, suspended, revision),
        )

    def open(self, address: str) -> None:
        """Say that the mailbox is whole. A fact and not a wish, so it needs no revision: the row has the newest hash."""
        self._run("UPDATE portal_accounts SET made = TRUE WHERE address = %s AND NOT made", address)

    def set_password(self, address: str, password_hash: str, revision: int) -> bool:
        return self._change(address, "password_hash = %s", password_hash, revision)

    def set_filter(self, address: str, script: str, revision: int) -> bool:
        return self._change(address, "filter = %s", script, revision)

    def set_quota(self, address: str, quota: int, revision: int) -> bool:
        return self._change(address, "quota = %s", quota, revision)

    def resume(self, address: str, revision: int) -> bool:
        return self._change(address, "closed = FALSE, suspended = %s", False, revision)

    def suspend(self, address: str, revision: int) -> bool:
        return self._lock(address, revision, closed=False)

    def close(self, address: str, revision: int) -> bool:
        return self._lock(address, revision, closed=True)

    def _lock(self, address: str, revision: int, *, closed: bool) -> bool:
        """Also where there is no mailbox: its row without a hash keeps an older ``put`` that comes late from opening one."""
        changed = self._run(
            """
            INSERT INTO portal_accounts (address, domain, suspended, closed, revision) VALUES (%s, %s, TRUE, %s, %s)
            ON CONFLICT (address) DO UPDATE SET suspended = TRUE, closed = excluded.closed, revision = excluded.revision
            WHERE portal_accounts.revision <= excluded.revision
            RETURNING address
            """,
            *(address, address.partition("@")[2], closed, revision),
        )
        return bool(changed)

    def letter_id(self, address: str) -> str:
        """The Message-ID of the welcome letter; NoSuchMailbox."""
        return str(
            self._one(address, "SELECT letter_id FROM portal_accounts WHERE address = %s AND password_hash IS NOT NULL")[0]
        )

    def seen(self, address: str) -> Seen:
        row = self._one(address, "SELECT password, nologin, quota_rule, revision FROM dovecot_auth WHERE address = %s")
        return Seen(row[0], row[1] is None, row[2], row[3])

    def password_hash(self, address: str) -> str | None:
        """The one that Dovecot compares with; None where there is no mailbox. One statement either way, and no error, which
        would cost the connection and so take longer."""
        rows = self._run("SELECT password FROM dovecot_auth WHERE address = %s", address)
        return rows[0][0] if rows else None

    def rows(self, addresses: Sequence[str]) -> dict[str, Row]:
        """Of those whom the view shows to Dovecot."""
        found = self._run(ROWS.format(marks=", ".join(["%s"] * len(addresses))), *addresses)
        return {row[0]: Row(bool(row[1]), bool(row[2]), *row[3:]) for row in found}

    def following(self, after: str, most: int) -> list[str]:
        """The next addresses of the view in the database's own order, from the beginning if ``after`` is empty."""
        rows = self._run("SELECT address FROM dovecot_auth WHERE address > %s ORDER BY address LIMIT %s", after, most)
        return [row[0] for row in rows]

    def delete(self, address: str) -> None:
        self._run("DELETE FROM portal_accounts WHERE address = %s", address)

    def _change(self, address: str, assignment: str, value: object, revision: int) -> bool:
        """Whether it was newer than the row; NoSuchMailbox."""
        changed = self._run(
            f"UPDATE portal_accounts SET {assignment}, revision = %s"  # noqa: S608 - the assignment is a constant of ours
            " WHERE address = %s AND password_hash IS NOT NULL AND revision <= %s RETURNING address",
            *(value, revision, address, revision),
        )
        if not changed:
            self.letter_id(address)
        return bool(changed)

    def _one(self, address: str, statement: str) -> tuple[Any, ...]:
        rows = self._run(statement, address)
        if not rows:
            raise NoSuchMailbox(f"The mail database has no {address}.")
        return rows[0]


@contextmanager
def opened(url: str, deadline: Deadline) -> Iterator[Accounts]:
    with connected(url, deadline) as run:
        yield Accounts(run)
