"""A county that hangs keeps some threads of a web process waiting, and never all of them."""

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings
from pytest_django.asserts import assertContains

from accounts.counties import asking, crowds
from accounts.counties.asking import Answer, Conversation
from accounts.counties.refusals import Refused
from accounts.models import Person
from tests.services import lying_provider
from tests.services.county_provider import county
from tests.services.lying_provider import HONEST
from tests.services.running_demo import until
from tests.services.running_site import Site, get
from tests.services.test_county_lies import sign_in

# Two that hang, by their issuers, and the document that never comes.
SLOW, SLOW_TOO = "discovery-is-slow", "eduinfo-is-slow"
DOCUMENT = {SLOW: "openid-configuration", SLOW_TOO: "eduinfo"}


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with lying_provider.running() as port:
        yield port


@pytest.fixture(autouse=True)
def four_threads(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    cache.clear()
    monkeypatch.setattr(asking, "SECONDS", 6.0)
    monkeypatch.setattr(crowds, "_crowds", {})
    settings.WEB_THREADS = 4


def ask(port: int, issuer: str, document: str = "openid-configuration") -> Answer:
    address = f"http://127.0.0.1:{port}/{issuer}"
    return Conversation(address).ask(f"{address}/{document}")


@contextmanager
def waiting(port: int, *issuers: str) -> Iterator[list[Future[Answer]]]:
    """Threads that wait for these issuers, and have done so for longer than patience."""
    with ThreadPoolExecutor() as pool:
        waiters = [pool.submit(ask, port, issuer, DOCUMENT[issuer]) for issuer in issuers]
        assert until(lambda: sum(len(crowd._since) for crowd in crowds._crowds.values()) == 2 * len(issuers))
        threading.Event().wait(crowds.PATIENCE)
        yield waiters


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.code


@pytest.mark.django_db
def test_two_wait_and_the_next_are_told_at_once(port: int, settings: Settings) -> None:
    issuer = f"http://127.0.0.1:{port}/{SLOW}"
    settings.COUNTIES = (county(0, issuer=issuer),)
    with waiting(port, SLOW, SLOW) as waiters:
        for _ in range(3):
            page = Client(headers={"accept-language": "en"}).get("/counties/kl/")
            assertContains(page, "is very slow at this moment", status_code=403)
            assertContains(page, '<span class="address">too-many-wait</span>', status_code=403)
            assertContains(page, 'href="/counties/kl/"', status_code=403)
        assert not any(waiter.done() for waiter in waiters)
    assert [code_of(waiter.result) for waiter in waiters] == ["timed-out"] * 2
    assert not Person.objects.exists()


@pytest.mark.django_db
def test_another_county_goes_on_meanwhile(port: int, settings: Settings) -> None:
    with waiting(port, SLOW, SLOW) as waiters:
        client = Client(headers={"accept-language": "en"})
        assert sign_in(client, settings, f"http://127.0.0.1:{port}/{HONEST}")["Location"] == "/"
        assert not any(waiter.done() for waiter in waiters)


def test_several_that_hang_leave_a_thread_for_everything_else(port: int) -> None:
    with waiting(port, SLOW, SLOW, SLOW_TOO) as waiters:
        assert code_of(lambda: ask(port, HONEST)) == "too-many-wait"
        assert not any(waiter.done() for waiter in waiters)
    assert ask(port, HONEST).status == 200


def test_a_place_is_free_again_after_whatever_came_of_it(port: int) -> None:
    for _ in range(5):
        assert code_of(lambda: ask(port, "discovery-redirects")) == "redirected"
        assert code_of(lambda: Conversation("https://kl.sso.edu.tw").ask("https://127.0.0.1/")) == "private-address"
    assert all(crowd._since == [] for crowd in crowds._crowds.values())


def test_a_rush_at_a_county_in_order_only_queues(port: int) -> None:
    with ThreadPoolExecutor(8) as rush:
        answers = list(rush.map(lambda _: ask(port, HONEST), range(40)))
    assert [answer.status for answer in answers] == [200] * 40


def test_a_process_whose_county_hangs_still_serves_pages(port: int, site: Site) -> None:
    file = site.folder / "counties.json"
    facts = {"on": True, "position": 1, "name_zh": "基隆市", "name_en": "Keelung City", "suffix": "kl"}
    facts |= {"issuer": f"http://127.0.0.1:{port}/{SLOW}", "client_id": "x", "secret_variable": "COUNTY_SECRET_KL"}
    file.write_text(json.dumps({"counties": {"kl": facts}}))
    site.env |= {"COUNTIES_FILE": str(file), "COUNTY_SECRET_KL": "secret", "WEB_THREADS": "4"}
    with site.web() as web, ThreadPoolExecutor() as visitors:
        first = [visitors.submit(get, web, "/counties/kl/") for _ in range(4)]
        assert until(lambda: sum(visit.done() for visit in first) == 2)
        assert get(web, "/signed-out/")[0] == 200
        assert not all(visit.done() for visit in first)
        codes = sorted(code for visit in first for code in ("timed-out", "too-many-wait") if code in visit.result()[1])
    assert codes == ["timed-out", "timed-out", "too-many-wait", "too-many-wait"]
