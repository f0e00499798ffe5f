"""A thousand people who press Apply at once: seconds until the last of their mailboxes is in use."""

import time

from django.conf import settings
from django.utils import timezone

from mailboxes.applying import services
from mailboxes.models import Mailbox
from tests.bench.inside import people
from tests.bench.inside.parallel import share_out
from tests.visits.campus import PASSWORD

COUNT = 1000


def measure() -> dict[str, float]:
    crowd = people.at_the_password(COUNT)
    began = settings.VAR_DIR / "rush-began"
    began.touch()
    started = time.perf_counter()
    share_out(_apply, crowd)
    waiting = Mailbox.objects.filter(person__in=crowd).exclude(state=Mailbox.State.ACTIVE)
    while waiting.exists():
        time.sleep(0.2)
    return {"count": COUNT, "seconds": time.perf_counter() - started}


def _apply(crowd: list[int]) -> None:
    for person in crowd:
        services.submit(people.slot_of(person), password=PASSWORD, now=timezone.now())
