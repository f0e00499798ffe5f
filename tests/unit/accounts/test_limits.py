import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone

from accounts import limits


@pytest.fixture(autouse=True)
def nothing_counted() -> None:
    cache.clear()


def count(times: int) -> list[bool]:
    return [limits.within(2, seconds=60, of="tries") for _ in range(times)]


def test_beyond_the_most_it_says_no_until_the_span_is_over() -> None:
    assert count(4) == [True, True, False, False]
    with time_machine.travel(timezone.now().timestamp() + 61):
        assert count(1) == [True]


def test_what_is_given_back_was_never_counted() -> None:
    for _ in range(5):
        assert count(2) == [True, True]
        for _ in range(2):
            limits.give_back(of="tries")
    limits.give_back(of="tries")
    limits.give_back(of="never-counted")
    assert count(3) == [True, True, False]


def test_a_count_that_has_lost_its_end_gets_one() -> None:
    """As Redis leaves it where the span ends between its two steps."""
    cache.set("limit:tries", 0, None)
    assert count(3) == [True, True, False]
    with time_machine.travel(timezone.now().timestamp() + 61):
        assert count(1) == [True]
