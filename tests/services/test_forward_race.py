"""Forwards that are asked for in the same moment, on PostgreSQL: no loop is closed, and none is one too many."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from mailboxes.models import Forward, Mailbox, MailService
from mailboxes.owning.forwarding import services as forwarding
from tests.conftest import MakePerson
from tests.services.corresponding import row_of

pytestmark = pytest.mark.django_db(transaction=True)
RING = 4  # mailboxes, each of which shall forward to the next one


@pytest.fixture
def boxes(services: dict[str, MailService], make_person: MakePerson, settings: LazySettings) -> list[Mailbox]:
    settings.MAIL_DATABASE_URL = "sqlite:////nonexistent/mail.sqlite3"  # a store that can forward, and that nobody asks
    cache.clear()
    return [row_of(f"box{number}@mx.nthu.edu.tw", services["mx"], make_person(f"z{number}")) for number in range(RING)]


def at_once(asked: list[tuple[Mailbox, str]]) -> Counter[str]:
    """Each in a thread of its own, begun together; the codes of what came of it."""
    together = Barrier(len(asked))

    def add(box: Mailbox, target: str) -> str:
        try:
            together.wait(timeout=60)
            fresh = Mailbox.objects.select_related("service", "person").get(pk=box.pk)
            forwarding.add(fresh, target, address="192.0.2.1", now=timezone.now())
        except ValidationError as error:
            return str(error.code)
        finally:
            connection.close()
        return "added"

    with ThreadPoolExecutor(len(asked)) as threads:
        return Counter(threads.map(lambda one: add(*one), asked))


def test_of_mailboxes_that_forward_in_a_ring_one_is_refused(boxes: list[Mailbox]) -> None:
    asked = [(box, boxes[(number + 1) % RING].address) for number, box in enumerate(boxes)]
    assert at_once(asked) == {"added": RING - 1, "loop": 1}


def test_of_six_addresses_three_are_taken(boxes: list[Mailbox]) -> None:
    assert at_once([(boxes[0], f"a{number}@example.com") for number in range(6)]) == {"added": 3, "three": 3}
    assert sorted(Forward.objects.values_list("place", flat=True)) == [1, 2, 3]


def test_the_same_address_from_two_windows_is_there_once(boxes: list[Mailbox]) -> None:
    assert at_once([(boxes[0], target) for target in ("a@example.com", "A@example.com")]) == {"added": 1, "already": 1}
