"""Who besides its owner may use the folders of a mailbox: access control lists (RFC 4314), read and set by doveadm."""

from mailboxes.provisioning.stores import Given, Shared
from mailboxes.provisioning.stores.dovecot.doveadm import NOT_FOUND, Command
from mailboxes.provisioning.stores.dovecot.looking import Ask, as_documented

# In the words of Dovecot 2.3. Neither makes or deletes folders, nor lets anybody else in.
RIGHTS = {
    "read": frozenset({"lookup", "read"}),
    "write": frozenset({"lookup", "read", "write", "write-seen", "write-deleted", "insert", "expunge"}),
}
NONE: frozenset[str] = frozenset()
USER = "user="

Lists = dict[str, dict[str, frozenset[str]]]  # by folder and identifier


def shared(ask: Ask, address: str) -> Shared:
    """What the lists of its folders say, in two requests."""
    words = {rights: name for name, rights in RIGHTS.items()}
    return {
        folder: {
            identifier.removeprefix(USER): words.get(rights, " ".join(sorted(rights)))
            for identifier, rights in entries.items()
        }
        for folder, entries in _lists(ask, address).items()
    }


def share(ask: Ask, address: str, given: Given) -> None:
    """Bring the lists of all folders to that, for those whom ``given`` names, and end the sessions of who loses by it."""
    changes: list[Command] = []
    losers = {delegate for delegate, folders in given.items() if not folders}  # also if a call that broke off took all
    for folder, entries in _lists(ask, address).items():
        for delegate, folders in given.items():
            has = entries.get(USER + delegate, NONE)
            wanted = RIGHTS[folders[folder]] if folder in folders else NONE
            if has != wanted:
                changes.append(_change(address, folder, delegate, wanted))
            if has - wanted:
                losers.add(delegate)
    # Last, for a session that is open goes on with what it had, and a new one begins with what holds now.
    kicks: list[Command] = [("kick", {"mask": [delegate]}) for delegate in sorted(losers)]
    if changes or kicks:
        for answer in ask(*changes, *kicks):
            answer.expect(NOT_FOUND)  # a folder that its owner has deleted meanwhile, or nobody signed in


def _lists(ask: Ask, address: str) -> Lists:
    [listed] = ask(("mailboxList", {"user": address, "mailboxMask": ["*"]}))
    with as_documented():
        folders = [row["mailbox"] for row in listed.expect()]
        answers = ask(*(("aclGet", {"user": address, "mailbox": folder}) for folder in folders)) if folders else []
        # A name that is only a level above others is no folder.
        found = [(folder, answer.expect(NOT_FOUND)) for folder, answer in zip(folders, answers, strict=True)]
        return {folder: _entries(rows) for folder, rows in found if rows is not None}


def _entries(rows: list[dict[str, str]]) -> dict[str, frozenset[str]]:
    return {row["id"]: frozenset(row["rights"].split()) for row in rows}


def _change(address: str, folder: str, delegate: str, wanted: frozenset[str]) -> Command:
    where = {"user": address, "mailbox": folder, "id": USER + delegate}
    return ("aclSet", where | {"right": sorted(wanted)}) if wanted else ("aclDelete", where)
