"""No process of the site starts while a setting is wrong: it says so in sentences, without a traceback, and ends."""

import sys
from typing import NoReturn

from django.core.checks import run_checks

# gunicorn takes a worker that ends with 3 for one that cannot start, and stops instead of trying again for ever.
NOT_STARTED = 3
SETTINGS = "settings"  # the tag of the checks that every process has to pass


def stop_if_wrong(*, serving: bool) -> None:
    """SystemExit where a system check finds an error: any check for a web process, those of the settings for another."""
    found = run_checks(include_deployment_checks=True) if serving else run_checks(tags=[SETTINGS])
    if wrong := [message for message in found if message.is_serious()]:
        stop(*(" ".join(filter(None, [message.msg, message.hint, f"({message.id})"])) for message in wrong))


def stop(*sentences: str) -> NoReturn:
    # Not sys.stderr: Celery makes log lines of what is written there.
    print("Not started.", *sentences, sep="\n", file=sys.__stderr__, flush=True)
    raise SystemExit(NOT_STARTED)
