"""From the web processes' memory into the database: one thread in each of them, one statement for many records.

Whoever brings a record waits for no database. What a full queue does not take is refused, so that the memory is bounded.
"""

import atexit
import logging
import os
import queue
import threading
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import InterfaceError, OperationalError, connection
from django.db.models import Max

from mailboxes.logins.events import Login, Use
from mailboxes.models import Delegation, Job, LoginRecord, Mailbox

log = logging.getLogger(__name__)

MOST_WAITING = 10_000  # records of some 500 bytes, in each process
BATCH = 500
GATHER = 0.2  # seconds in which a batch comes together
PAUSE = 1.0  # seconds until a database that refused is asked again
LAST_WORDS = 5.0  # seconds for what still waits when a process ends

_waiting: queue.Queue[Login | Use] = queue.Queue(maxsize=MOST_WAITING)
_lock = threading.Lock()
_ending = threading.Event()
_thread: threading.Thread | None = None
_thread_of = 0  # the process whose thread it is: a fork copies the variable, but not the thread


def put(report: Login | Use) -> bool:
    """Have it written soon, and before this process ends; False if too many wait."""
    try:
        _waiting.put_nowait(report)
    except queue.Full:
        return False
    if _thread_of != os.getpid():
        _start()
    return True


def _start() -> None:
    global _thread, _thread_of
    with _lock:
        if _thread_of != os.getpid():
            _thread_of = os.getpid()
            _thread = threading.Thread(target=_write_for_ever, name="log-ins", daemon=True)
            _thread.start()
            atexit.register(_finish)


def _finish() -> None:
    _ending.set()
    if _thread and _thread_of == os.getpid():
        _thread.join(LAST_WORDS)


def _write_for_ever() -> None:
    while not (_ending.is_set() and _waiting.empty()):
        if batch := _gathered():
            _write_once(batch)
    connection.close()


def _gathered() -> list[Login | Use]:
    """The records of the next moment, at most ``BATCH``; empty if there are none for a while."""
    try:
        batch = [_waiting.get(timeout=GATHER)]
    except queue.Empty:
        return []
    if _waiting.qsize() < BATCH:
        _ending.wait(GATHER)
    while len(batch) < BATCH:
        try:
            batch.append(_waiting.get_nowait())
        except queue.Empty:
            break
    return batch


def _write_once(batch: Sequence[Login | Use]) -> None:
    """Until the database has it: meanwhile the queue fills, and then the mail server is told to wait."""
    while True:
        try:
            write(batch)
            return
        except (OperationalError, InterfaceError) as error:
            log.warning("%d log-ins wait for the database (%s).", len(batch), type(error).__name__)
            connection.close()
            if _ending.wait(PAUSE):
                return
        except Exception:  # a fault of ours: the same again would end the same way
            log.exception("%d log-ins are lost.", len(batch))
            return


def write(batch: Sequence[Login | Use]) -> None:
    """Keep those of mailboxes that there are; one that is here already stays as it is.

    Of the uses of folders, the last one of each two people.
    """
    for use in {(use.owner, use.delegate): use for use in batch if isinstance(use, Use)}.values():
        Delegation.note_use(*use)
    if logins := [login for login in batch if isinstance(login, Login)]:
        _write_logins(logins)


def _write_logins(batch: Sequence[Login]) -> None:
    boxes = _mailboxes({(login.local_part, login.domain) for login in batch})
    refusing = _refusing_since(pk for pk, state in boxes.values() if state == Mailbox.State.SUSPENDED)
    records = []
    for login in batch:
        pk, _state = boxes.get((login.local_part, login.domain), (None, ""))
        if pk is not None:
            suspended = login.succeeded and pk in refusing and login.happened_at >= refusing[pk]
            records.append(
                LoginRecord(
                    mailbox_id=pk,
                    happened_at=login.happened_at,
                    succeeded=login.succeeded and not suspended,
                    suspended=suspended,
                    protocol=login.protocol,
                    address=login.address,
                    session=login.session,
                )
            )
    LoginRecord.objects.bulk_create(records, ignore_conflicts=True)


def _mailboxes(addresses: set[tuple[str, str]]) -> dict[tuple[str, str], tuple[int, str]]:
    """The number and state of each that exists, in one question."""
    rows = ", ".join(["(%s, %s)"] * len(addresses))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT local_part, domain, id, state FROM mailboxes_mailbox"  # noqa: S608  (marks alone)
            f" WHERE (domain, local_part) IN (VALUES {rows})",
            [word for local_part, domain in addresses for word in (domain, local_part)],
        )
        return {(local_part, domain): (pk, state) for local_part, domain, pk, state in cursor.fetchall()}


def _refusing_since(suspended: Iterable[int]) -> dict[int, datetime]:
    """Since when the mail server refuses their owners. Dovecot's event calls a right password a success even so."""
    done = Job.objects.filter(mailbox__in=list(suspended), kind=Job.Kind.SUSPEND, state=Job.State.DONE)
    return dict(done.values_list("mailbox").annotate(Max("finished_at")))
