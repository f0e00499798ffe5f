"""The same work in several processes at once, each with connections of its own."""

import multiprocessing
from collections.abc import Callable, Sequence

from django.db import connections


def share_out(work: Callable[[list[int]], None], numbers: Sequence[int], processes: int = 2) -> None:
    """Call ``work`` with a part of the numbers in each process; returns when all are done."""
    connections.close_all()
    started = [
        multiprocessing.get_context("fork").Process(target=work, args=(list(numbers[place::processes]),))
        for place in range(processes)
    ]
    for process in started:
        process.start()
    for process in started:
        process.join()
        assert process.exitcode == 0, "A process of the measurement failed; its traceback is in steps.log."
