"""Reconciling 100,000 mailboxes with a real Dovecot: how long it takes, and what the process holds on to."""

from collections.abc import Iterator

from tests import servers
from tests.bench.row import Row
from tests.bench.site import Site
from tests.mailserver import mail_server, missing_packages

MINUTES, MOST = 5, 200.0  # MB
FIGURE = "reconcile 100,000 mailboxes with a real Dovecot’s user list"
TO_REACH = f"under {MINUTES} minutes, memory under {MOST:.0f} MB"


def rows(site: Site) -> Iterator[Row]:
    if missing_packages() or servers.postgres_programs() is None:
        yield Row(FIGURE, TO_REACH, "Dovecot’s packages or PostgreSQL are missing", None)
        return
    # Two databases, as an operator has them: the mail server's knows nothing of the portal's.
    with servers.postgres() as url, servers.postgres() as mail, mail_server(mail) as server:
        found = site.inside("inside.reconcile", DATABASE_URL=url, **server.env())
    measured = (
        f"{found['seconds']:.0f} s, {found['busy']:.0f} s of them the portal’s own work; "
        f"peak {found['peak']:.0f} MB, {found['before']:.0f} MB before; "
        f"{found['found']} of {found['expected']} differences found"
    )
    reached = found["seconds"] < 60 * MINUTES and found["peak"] < MOST and found["found"] == found["expected"]
    yield Row(FIGURE, TO_REACH, measured, reached)
