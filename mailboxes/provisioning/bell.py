"""Telling the workers that a job is there, without ever keeping a person waiting for the broker.

A broker that is down or frozen holds a publisher for ten seconds and more, so a thread of its own does the telling.
A bell that is not heard costs time only: the sweep finds the job.
"""

import logging
import os
import queue
import threading

from celery import current_app
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)
_bells: queue.Queue[int] = queue.Queue(maxsize=1000)
_lock = threading.Lock()
_ringer_of = 0  # the process whose thread it is: a fork copies the variable, but not the thread


def ring(job_id: int) -> None:
    """Have ``tasks.run`` called for the job soon; returns at once and never fails."""
    global _ringer_of
    try:
        _bells.put_nowait(job_id)
    except queue.Full:
        return
    with _lock:
        if _ringer_of != os.getpid():
            _ringer_of = os.getpid()
            threading.Thread(target=_ring_for_ever, name="bell", daemon=True).start()


def _ring_for_ever() -> None:
    while True:
        job_id = _bells.get()
        try:
            current_app.send_task("mailboxes.provisioning.tasks.run", [job_id], retry=False)
        except OperationalError as error:
            log.warning("The bell for job %s was not heard (%s); the sweep will find it.", job_id, error)
