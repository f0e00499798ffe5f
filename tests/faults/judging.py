"""Whether everybody who was told "received" has what they asked for, once, and nobody anything else."""

import sys
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tests.faults.mail import Mail
from tests.faults.people import LOST, Person
from tests.production import Production

AT_ONCE = 8  # people looked at: a mail server takes its time to refuse a password
BOXES = """
SELECT person.subject, box.local_part || '@' || box.domain, box.state,
    (SELECT count(*) FROM mailboxes_job AS job WHERE job.mailbox_id = box.id AND job.state = 'waiting'),
    (SELECT count(*) FROM mailboxes_application AS form WHERE form.mailbox_id = box.id AND form.state = 'done')
FROM mailboxes_mailbox AS box JOIN accounts_person AS person ON person.id = box.person_id
"""


@dataclass
class Verdict:
    requests: int = 0
    unanswered: int = 0
    lost: int = 0
    doubled: int = 0
    wrong: int = 0
    waiting: int = 0

    @property
    def good(self) -> bool:
        return not (self.lost or self.doubled or self.wrong or self.waiting)


def judge(site: Production, mail: Mail, people: list[Person]) -> Verdict:
    """Look at each of the people's mailboxes; what is not right is also told on standard error."""
    boxes = defaultdict(list)
    for subject, *box in site.query(BOXES):
        boxes[subject].append(box)
    accounts = mail.accounts()
    verdict = Verdict()
    with ThreadPoolExecutor(AT_ONCE) as threads:
        faults = list(threads.map(lambda person: fault_of(person, boxes[f"z{person.number:05}"], accounts, mail), people))
    for person, found in zip(people, faults, strict=True):
        verdict.requests += len(person.requests)
        verdict.unanswered += sum(request.answer == LOST for request in person.requests)
        if found:
            kind, why = found
            setattr(verdict, kind, getattr(verdict, kind) + 1)
            answers = [(request.kind, request.answer) for request in person.requests]
            print(f"{kind}: z{person.number:05}: {why} {answers}", file=sys.stderr)
    known = {box[0] for rows in boxes.values() for box in rows}
    for address in accounts.keys() - known:
        verdict.wrong += 1
        print(f"wrong: the mail system has {address}, and the portal knows nothing of it.", file=sys.stderr)
    return verdict


def fault_of(person: Person, rows: list[list[object]], accounts: dict[str, int], mail: Mail) -> tuple[str, str] | None:
    """What is wrong with the person's mailbox, as the field of a verdict and a sentence; ``rows`` are those of ``BOXES``."""
    if not rows:
        return ("lost", "the application was received, and there is no mailbox.") if person.was_received() else None
    if len(rows) > 1:
        return "doubled", f"{len(rows)} mailboxes."
    [[address, state, waiting, done]] = rows
    if waiting:
        return "waiting", f"{address} is {state}, and {waiting} jobs wait."
    if state != "active" or done != 1:
        return "lost", f"{address} is {state} with {done} applications that are done, and nothing waits."
    return _fault_of_account(person, str(address), accounts, mail)


def _fault_of_account(person: Person, address: str, accounts: dict[str, int], mail: Mail) -> tuple[str, str] | None:
    if accounts.get(address) != 1:
        return ("doubled" if address in accounts else "lost"), f"{accounts.get(address, 0)} accounts of {address}."
    may_open = person.may_open()
    opening = [password for password in may_open if mail.opens(address, password)]
    if len(opening) != 1:
        return "wrong", f"{address} opens with {len(opening)} of {len(may_open)} passwords that could be in force."
    if (letters := mail.welcome_letters(address, opening[0])) != 1:
        return ("doubled" if letters else "lost"), f"{letters} letters in the inbox of {address}."
    # An account has one hash, so the newest of the others stands for all of them.
    older = [request.password for request in person.requests if request.password not in may_open]
    if older and mail.opens(address, older[-1]):
        return "wrong", f"{address} opens with an older password."
    return None
