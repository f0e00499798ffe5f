"""The faults. Each is one strike; what it breaks is whole again, or on its way to be, when it returns."""

import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from _support import Trouble

from tests.faults import points
from tests.production import Production

CATCH_SECONDS = 60.0
FROZEN_SECONDS = (2.0, 8.0)  # under and over the five seconds that a client waits for Redis
DOWN_SECONDS = 2.0  # the longest


@dataclass(frozen=True)
class Fault:
    """``of_mail_server``: not without a Dovecot."""

    name: str
    strike: Callable[[Production], None]
    of_mail_server: bool = False


# When (seconds since 1970) which worker process was killed, for how long its job was left alone.
killed: list[tuple[float, int]] = []
_turn = count()


def _worker_killed(point: str) -> Callable[[Production], None]:
    def strike(site: Production) -> None:
        pid = _caught(site, point)
        name = site.worker_of(pid)
        killed.append((time.time(), pid))
        if next(_turn) % 2:
            os.kill(pid, signal.SIGKILL)  # its parent lives and starts another child
        else:
            site.kill_part(name)
            site.start_part(name)  # the other one works meanwhile

    return strike


def _web_killed(point: str) -> Callable[[Production], None]:
    def strike(site: Production) -> None:
        os.kill(_caught(site, point), signal.SIGKILL)

    return strike


def _caught(site: Production, point: str) -> int:
    pid = points.catch(Path(site.env[points.FOLDER]), point, CATCH_SECONDS)
    if pid is None:
        raise Trouble(f"No process came by the point {point!r} within {CATCH_SECONDS:.0f} s. Logs: {site.logs}")
    return pid


def _redis_flushed(site: Production) -> None:
    site.redis_client().flushall()


def _redis_killed(site: Production) -> None:
    site.kill_part("redis")
    time.sleep(random.uniform(0, DOWN_SECONDS))  # noqa: S311
    site.start_part("redis")


def _redis_frozen(site: Production) -> None:
    os.kill(site.pid("redis"), signal.SIGSTOP)
    try:
        time.sleep(random.uniform(*FROZEN_SECONDS))  # noqa: S311
    finally:
        os.kill(site.pid("redis"), signal.SIGCONT)


def _postgres_restarted(how: signal.Signals) -> Callable[[Production], None]:
    def strike(site: Production) -> None:
        site.postgres.stop(how)
        time.sleep(random.uniform(0, DOWN_SECONDS))  # noqa: S311
        site.postgres.start()

    return strike


def _web_server_killed(site: Production) -> None:
    """All of its processes, whatever they are at."""
    site.kill_part("web")
    site.start_part("web")


def _mail_server_down(site: Production) -> None:
    site.kill_part("Dovecot")
    time.sleep(random.uniform(0, DOWN_SECONDS))  # noqa: S311
    site.start_part("Dovecot")


def _mail_server(mode: str, seconds: float) -> Callable[[Production], None]:
    def strike(site: Production) -> None:
        site.proxy.mode = mode
        time.sleep(seconds)
        site.proxy.mode = "through"

    return strike


# Those that leave jobs held by nobody first: a run of all together waits for them at its end.
FAULTS = [
    Fault("PostgreSQL restarted", _postgres_restarted(signal.SIGINT)),
    Fault("PostgreSQL restarted in immediate mode", _postgres_restarted(signal.SIGQUIT)),
    Fault("worker killed before the store's call", _worker_killed("before")),
    Fault("worker killed during the store's call", _worker_killed("during")),
    Fault("worker killed after the store's call", _worker_killed("after")),
    Fault("worker killed before settling", _worker_killed("settle")),
    Fault("web process killed before it commits", _web_killed("web-commit")),
    Fault("web process killed before it answers", _web_killed("web-answer")),
    Fault("web server killed at any moment", _web_server_killed),
    Fault("Redis flushed", _redis_flushed),
    Fault("Redis killed", _redis_killed),
    Fault("Redis frozen", _redis_frozen),
    Fault("mail server down", _mail_server_down, of_mail_server=True),
    Fault("mail server slow", _mail_server("slow", 3.0), of_mail_server=True),
    Fault("mail server breaks off its answers", _mail_server("half", 2.0), of_mail_server=True),
]
