"""Two web processes on PostgreSQL and Redis: what one knows the other knows; and what becomes of it without Redis."""

from collections.abc import Iterator

import pytest

from tests.services.running_demo import Browser
from tests.services.running_site import ADMIN_PASSWORD, Site, get, hand_over, try_password

TOO_MANY = "Too many failed login attempts"
LIMIT = 5  # attempts for one user name in five minutes: allauth's own


@pytest.fixture
def ports(site: Site) -> Iterator[tuple[int, int]]:
    with site.web() as first, site.web() as second:
        yield first, second


def is_in(browser: Browser) -> bool:
    return browser.status == 200 and 'action="/log-out/"' in browser.page


def test_a_session_made_at_one_is_known_at_the_other(site: Site, ports: tuple[int, int]) -> None:
    browser = Browser()
    hand_over(browser, ports[0], site.campus.token())
    assert is_in(browser)
    browser.open(f"http://127.0.0.1:{ports[1]}/")
    assert is_in(browser)
    browser.press("/log-out/")
    browser.open(f"http://127.0.0.1:{ports[0]}/")
    assert not is_in(browser)


def test_a_token_spent_at_one_is_spent_at_the_other(site: Site, ports: tuple[int, int]) -> None:
    token = site.campus.token()
    hand_over(Browser(), ports[0], token)
    second = Browser()
    hand_over(second, ports[1], token)
    assert second.status == 403
    assert "replayed" in second.page


def test_attempts_at_one_count_at_the_other(ports: tuple[int, int]) -> None:
    for attempt in range(LIMIT):
        assert TOO_MANY not in try_password(ports[attempt % 2], "chief", "wrong").page
    assert TOO_MANY in try_password(ports[1], "chief", "wrong").page
    assert TOO_MANY in try_password(ports[0], "chief", "wrong").page
    assert try_password(ports[0], "admin", ADMIN_PASSWORD).status == 200


def works_without_redis(site: Site, ports: tuple[int, int], user: str) -> None:
    """Pages, the way in from the campus, and for administrators a way in whose limit holds in each process."""
    newcomer = Browser()
    hand_over(newcomer, ports[0], site.campus.token())
    assert is_in(newcomer)
    newcomer.open(f"http://127.0.0.1:{ports[1]}/")
    assert is_in(newcomer)
    assert get(ports[0], "/help/")[0] == 200
    for _ in range(LIMIT):
        assert TOO_MANY not in try_password(ports[0], user, "wrong").page
    assert TOO_MANY in try_password(ports[0], user, "wrong").page
    assert TOO_MANY not in try_password(ports[1], user, "wrong").page


def test_all_goes_on_while_redis_is_frozen_and_after_it(site: Site, ports: tuple[int, int]) -> None:
    with site.redis.frozen():
        works_without_redis(site, ports, "frozen")
    test_a_session_made_at_one_is_known_at_the_other(site, ports)


def test_all_goes_on_after_redis_was_killed(site: Site, ports: tuple[int, int]) -> None:
    site.redis.process.kill()
    works_without_redis(site, ports, "killed")
