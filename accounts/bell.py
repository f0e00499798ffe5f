"""Telling the workers that a row waits for them, without ever keeping a person waiting for the broker.

A broker that is down or frozen holds a publisher for ten seconds and more, so a thread of its own does the telling.
A bell that is not heard costs time only: the sweep finds the row.
"""

import logging
import os
import queue
import threading

from celery import current_app
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)
_bells: queue.Queue[tuple[str, int]] = queue.Queue(maxsize=1000)
_lock = threading.Lock()
_ringer_of = 0  # the process whose thread it is: a fork copies the variable, but not the thread


def ring(task: str, row_id: int) -> None:
    """Have the task of that name called with the row's id soon; returns at once and never fails."""
    global _ringer_of
    try:
        _bells.put_nowait((task, row_id))
    except queue.Full:
        return
    with _lock:
        if _ringer_of != os.getpid():
            _ringer_of = os.getpid()
            threading.Thread(target=_ring_for_ever, name="bell", daemon=True).start()


def _ring_for_ever() -> None:
    while True:
        task, row_id = _bells.get()
        try:
            current_app.send_task(task, [row_id], retry=False)
        except OperationalError as error:
            log.warning("The bell for %s %s was not heard (%s); the sweep will find it.", task, row_id, error)
