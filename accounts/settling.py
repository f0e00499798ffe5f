"""Writing down what a worker has done, also where the database restarts at that moment."""

import time
from collections.abc import Callable

from django.db import InterfaceError, OperationalError, connection

PAUSES = (0.5, 1, 2)  # seconds; a database restarts in such times, and a task has to end before its lease


def surely(what: Callable[[], object]) -> None:
    """Do it, on a new connection where a database that restarts took the old one: the row need not wait for its lease."""
    for pause in PAUSES:
        try:
            what()
            return
        except (OperationalError, InterfaceError):
            connection.close()
            time.sleep(pause)
    what()
