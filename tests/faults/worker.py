"""The portal's Celery application, whose worker can be caught around and inside of a store's call and before settling."""

import random
import sys
from collections.abc import Callable
from typing import Any

from celery.signals import worker_process_init

from portal.celery import app as app
from tests.faults import points

WATCHED = {"ensure", "set_password"}
# What a store does to the world, each announced by Python just before it is done (docs: "Audit events table").
STEPS = ("open", "os.", "socket.connect", "sqlite3.connect")
CATCH_ONE_STEP_IN = 12


class Watched:
    """A store with points around and inside of the calls that change a mailbox."""

    inside = False

    def __init__(self, store: Any) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._store, name)
        return _watched(call) if name in WATCHED else call


def _watched(call: Callable[..., None]) -> Callable[..., None]:
    def watched(*args: Any, **named: Any) -> None:
        points.come_by("before")
        Watched.inside = True
        try:
            call(*args, **named)
        finally:
            Watched.inside = False
        points.come_by("after")

    return watched


def _on_step(event: str, _args: Any) -> None:
    if Watched.inside and event.startswith(STEPS) and random.randrange(CATCH_ONE_STEP_IN) == 0:  # noqa: S311
        Watched.inside = False  # come_by makes steps of its own
        points.come_by("during")
        Watched.inside = True


@worker_process_init.connect
def _wrap(**_: Any) -> None:
    from mailboxes.provisioning import outbox
    from mailboxes.provisioning.stores import registry

    named, claim, settle = registry.named, outbox.claim, outbox.settle

    def noted_claim(job_id: int, **when: Any) -> Any:
        job = claim(job_id, **when)
        if job is not None:
            points.note_claim(job.pk)
        return job

    def watched_settle(job: Any, **when: Any) -> bool:
        points.come_by("settle")
        return settle(job, **when)

    registry.named = lambda name: Watched(named(name))
    outbox.claim, outbox.settle = noted_claim, watched_settle
    random.seed()  # a fork has the same numbers before it as its sisters
    sys.addaudithook(_on_step)
