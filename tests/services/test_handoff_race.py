"""One token, many browsers at the same moment: exactly one gets in. On the database that DATABASE_URL names."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from accounts.models import Person
from sso_bridge.models import Refusal, SpentToken
from tests.unit.sso_bridge import campus

ADDRESS = "127.0.0.1"
AT_ONCE = 50

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def keys_file(tmp_path: Path, settings: Settings) -> None:
    settings.HANDOFF_KEYS_FILE = tmp_path / "handoff-keys.json"
    settings.HANDOFF_KEYS_FILE.write_bytes(campus.key_set())
    settings.HANDOFF_AUDIENCE = campus.AUDIENCE


def fresh(jti: str) -> str:
    now = int(time.time())
    return campus.token(iat=now, exp=now + 60, ip=ADDRESS, jti=jti).decode()


def all_at_once(tokens: list[str]) -> list[Client]:
    """Post each token from a browser of its own; the browsers, each with its answer in ``answer``."""
    together = Barrier(len(tokens))

    def come(token: str) -> Client:
        browser = Client(REMOTE_ADDR=ADDRESS, headers={"accept-language": "en"})
        together.wait()
        try:
            browser.answer = browser.post("/sso/handoff/", {"token": token})  # type: ignore[attr-defined]
        finally:
            connection.close()
        return browser

    with ThreadPoolExecutor(len(tokens)) as pool:
        return list(pool.map(come, tokens))


def answers(browsers: list[Client]) -> Counter[int]:
    return Counter(browser.answer.status_code for browser in browsers)  # type: ignore[attr-defined]


def test_of_fifty_uses_of_one_token_exactly_one_signs_in() -> None:
    browsers = all_at_once([fresh("r" * 22)] * AT_ONCE)
    assert answers(browsers) == {303: 1, 403: AT_ONCE - 1}
    assert SpentToken.objects.count() == 1
    assert Person.objects.count() == 1
    assert ["_auth_user_id" in browser.session for browser in browsers].count(True) == 1
    refused = [browser.answer for browser in browsers if browser.answer.status_code == 403]  # type: ignore[attr-defined]
    assert all("This link has been used already" in page.text for page in refused)
    assert set(Refusal.objects.values_list("code", flat=True)) == {"replayed"}


def test_fifty_first_visits_of_one_person_at_once_all_get_in_as_one_person() -> None:
    browsers = all_at_once([fresh(f"first-visit-{number:04}") for number in range(AT_ONCE)])
    assert answers(browsers) == {303: AT_ONCE}
    assert Person.objects.count() == 1
    assert {browser.session["_auth_user_id"] for browser in browsers} == {str(Person.objects.get().pk)}
