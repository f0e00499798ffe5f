"""All the mailboxes: as the mail database has them, and as Dovecot itself says. The two need not agree.

Dovecot is believed about one address at a time. Its list of all users comes by another query of its configuration than the
look at one, and may leave out somebody who is there: then it is no whole list, and nobody is missing for that.
"""

from collections.abc import Iterator, Sequence

from mailboxes.provisioning.stores import Account, StoreMismatch
from mailboxes.provisioning.stores.dovecot.accounts import Accounts, Row, opened
from mailboxes.provisioning.stores.dovecot.deadline import Deadline
from mailboxes.provisioning.stores.dovecot.doveadm import LARGEST_LIST, NO_SUCH_USER, Answer, Command, Doveadm
from mailboxes.provisioning.stores.dovecot.looking import Ask, as_documented

AT_ONCE = 1000  # rows of the database
LOOKED_UP_AT_ONCE = 100  # users, each by a query of Dovecot's own: a tenth of a second for all of them
NOT_WHOLE = (
    "Dovecot's list of users leaves out {address}, which it knows when asked for it alone. Its iterate_query must read the "
    "view dovecot_auth, as in deploy/mail/dovecot; its log may say more."
)


def accounts(rows: Accounts, ask: Ask, addresses: Sequence[str]) -> dict[str, Account]:
    """The rows of these addresses, each beside what Dovecot sees of it."""
    if not addresses:
        return {}
    kept = rows.rows(addresses)
    answers = ask(*(_user(address) for address in addresses))
    found = {}
    for address, answer in zip(addresses, answers, strict=True):
        if row := kept.get(address):
            found[address] = Account(_state(row), row.quota, row.filter, _view(answer, address, row))
        elif _knows(answer):
            # Of an account that is not the portal's, nothing is known but that it is there.
            found[address] = Account("open", 0, None, "alone")
    return found


def listed(database: str, doveadm: Doveadm, seconds: float) -> Iterator[Sequence[str]]:
    """First the addresses of the database, then all that Dovecot has."""
    left: set[str] = set()
    for batch in _of_the_database(database, seconds):
        left.update(batch)
        yield batch
    [answer] = doveadm.ask(Deadline(seconds), ("user", {"userMask": ["*"]}), largest=LARGEST_LIST)
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
        answers = doveadm.ask(Deadline(seconds), *(_user(address) for address in some))
        for address, answer in zip(some, answers, strict=True):
            if _knows(answer):
                raise StoreMismatch(NOT_WHOLE.format(address=address))


def _user(address: str) -> Command:
    return "user", {"userMask": [address]}


def _knows(answer: Answer) -> bool:
    """Any failure but "no such user" says nothing about whether there is one."""
    if answer.exit_code == NO_SUCH_USER:
        return False
    answer.expect()
    return True


def _view(answer: Answer, address: str, row: Row) -> str:
    if not _knows(answer):
        return "unknown"
    with as_documented():
        fields = answer.payload[address]
        same = (fields["quota_rule"], fields["portal_revision"]) == (row.quota_rule, str(row.revision))
        return "same" if same else "other"


def _state(row: Row) -> str:
    return "suspended" if row.suspended else "open" if row.made else "begun"
