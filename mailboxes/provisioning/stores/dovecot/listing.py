"""All the mailboxes: as the mail database has them, and as Dovecot itself says. The two need not agree.

Dovecot is believed about one address at a time. Its list of all users comes by another query of its configuration than the
look at one, and may leave out somebody who is there: then it is no whole list, and nobody is missing for that.
"""

from collections.abc import Iterator, Sequence
from functools import partial

from mailboxes.provisioning.stores import Account, StoreMismatch
from mailboxes.provisioning.stores.dovecot.accounts import Accounts, Row, opened
from mailboxes.provisioning.stores.dovecot.deadline import Deadline
from mailboxes.provisioning.stores.dovecot.doveadm import LARGEST_LIST, NO_SUCH_USER, Doveadm
from mailboxes.provisioning.stores.dovecot.looking import Ask, as_documented

Fields = dict[str, str]  # of Dovecot's userdb
AT_ONCE = 1000  # rows of the database
WHOLE_LIST = 6  # times as long as any other call it may take: no page waits for it
LOOKED_UP_AT_ONCE = 100  # users, each by a query of Dovecot's own: a tenth of a second for all of them
NOT_WHOLE = (
    "Dovecot's list of users leaves out {address}, which it knows when asked for it alone. Its iterate_query must read the "
    "view dovecot_auth, as in deploy/mail/dovecot; its log may say more."
)


def accounts(rows: Accounts, ask: Ask, addresses: Sequence[str]) -> dict[str, Account]:
    """The rows of these addresses, each beside what Dovecot sees of it."""
    if not addresses:
        return {}
    kept, known = rows.rows(addresses), _known(ask, addresses)
    # Of an account that is not the portal's, nothing is known but that it is there.
    found = {address: Account("open", 0, None, "alone") for address in known if address not in kept}
    for address, row in kept.items():
        found[address] = Account(_state(row), row.quota, row.filter, _view(known.get(address), row))
    return found


def listed(database: str, doveadm: Doveadm, seconds: float) -> Iterator[Sequence[str]]:
    """First the addresses of the database, then all that Dovecot has."""
    left: set[str] = set()
    for batch in _of_the_database(database, seconds):
        left.update(batch)
        yield batch
    [answer] = doveadm.ask(Deadline(WHOLE_LIST * seconds), ("user", {"userMask": ["*"]}), largest=LARGEST_LIST)
    with as_documented():
        users: list[str] = answer.expect()["userList"]
        left.difference_update(users)
    _require_whole(sorted(left), doveadm, seconds)
    yield from (users[start : start + AT_ONCE] for start in range(0, len(users), AT_ONCE))


def _of_the_database(database: str, seconds: float) -> Iterator[list[str]]:
    last = ""
    while True:
        with opened(database, Deadline(seconds)) as rows:
            batch = rows.following(last, AT_ONCE)
        if not batch:
            return
        yield batch
        last = batch[-1]


def _require_whole(left_out: Sequence[str], doveadm: Doveadm, seconds: float) -> None:
    """StoreMismatch where Dovecot knows one of these after all."""
    for start in range(0, len(left_out), LOOKED_UP_AT_ONCE):
        some = left_out[start : start + LOOKED_UP_AT_ONCE]
        if known := _known(partial(doveadm.ask, Deadline(seconds)), some):
            raise StoreMismatch(NOT_WHOLE.format(address=min(known)))


def _known(ask: Ask, addresses: Sequence[str]) -> dict[str, Fields]:
    """What Dovecot has of those whom it knows.

    All in one command, which reads Dovecot's configuration once; if it does not know one of them it tells of none, and each
    is asked for by itself.
    """
    [together] = ask(("user", {"userMask": list(addresses)}))
    if together.exit_code != NO_SUCH_USER:
        with as_documented():
            fields: dict[str, Fields] = together.expect()
            return {address: fields[address] for address in addresses}
    answers = ask(*(("user", {"userMask": [address]}) for address in addresses))
    found = zip(addresses, answers, strict=True)
    with as_documented():
        return {address: answer.expect()[address] for address, answer in found if answer.exit_code != NO_SUCH_USER}


def _view(fields: Fields | None, row: Row) -> str:
    if fields is None:
        return "unknown"
    with as_documented():
        same = (fields["quota_rule"], fields["portal_revision"]) == (row.quota_rule, str(row.revision))
        return "same" if same else "other"


def _state(row: Row) -> str:
    return "suspended" if row.suspended else "open" if row.made else "begun"
