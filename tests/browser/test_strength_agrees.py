"""The page judges passwords with other code than the server; both must say the same of every password."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from playwright.sync_api import Browser, Page

from accounts import strength
from tests.browser.passwords import varied
from tests.browser.static_site import site

LIBRARY = "/static/vendor/zxcvbn-4.4.2.js"
ASK_THE_WORKER = """
async ([settings, passwords]) => {
  const worker = new Worker("/static/js/strength-worker.js");
  const failed = new Promise((_, fail) => { worker.onerror = (event) => fail(new Error(event.message)); });
  worker.postMessage(settings);
  const verdicts = [];
  for (const password of passwords) {
    const answer = new Promise((tell) => { worker.onmessage = ({ data }) => tell(data); });
    worker.postMessage(password);
    verdicts.push(await Promise.race([answer, failed]));
  }
  worker.terminate();
  return verdicts;
}
"""
PERSONS = [
    {"name": "王小明", "passport_name": "WANG,HSIAO-MING", "number": "z99999", "local_part": "hsiaoming"},
    {"name": "José García", "passport_name": "GARCÍA LÓPEZ,JOSÉ", "number": "r10001", "local_part": "jose.garcia"},
    {"name": "", "passport_name": "CONSTRUCTOR,PROTO", "number": "", "local_part": "constructor"},
    {"name": "", "passport_name": "", "number": "", "local_part": ""},
]
RULES = [
    strength.PasswordRule(least_score=3, least_length=10),
    strength.PasswordRule(least_score=2, least_length=8, kinds=("digit", "upper", "lower")),
    strength.PasswordRule(least_score=4, least_length=12, kinds=("digit",)),
    strength.PasswordRule(least_score=0, least_length=8),
]


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    with site({"/": "<!doctype html><title>Judge</title>"}) as address:
        page = chromium.new_page()
        page.goto(address)
        yield page
        page.close()


def judged_by_the_page(page: Page, settings: dict[str, Any], passwords: list[str]) -> list[dict[str, Any]]:
    verdicts: list[dict[str, Any]] = page.evaluate(ASK_THE_WORKER, [settings | {"library": LIBRARY}, passwords])
    return verdicts


@pytest.mark.parametrize("number", range(len(PERSONS)))
def test_the_page_and_the_server_judge_every_password_alike(page: Page, number: int) -> None:
    inputs = strength.inputs_for(**PERSONS[number])
    rule = RULES[number]
    passwords = ["", *varied(seed=number, count=499, about=inputs or ["somebody"])]

    by_page = judged_by_the_page(page, strength.worker_settings(rule, inputs), passwords)

    differences = []
    for password, seen in zip(passwords, by_page, strict=True):
        judgement = strength.judge(password, inputs)
        codes = [problem.code for problem in strength.verdict(password, rule, inputs).problems]
        ours = {"score": judgement.score, "problems": codes, "advice": list(judgement.advice)}
        if seen != ours:
            differences.append((password, seen, ours))
    assert differences == []
    assert {verdict["score"] for verdict in by_page} == {0, 1, 2, 3, 4}


def test_neither_judges_what_cannot_be_a_password(page: Page) -> None:
    rule = RULES[0]
    passwords = ["x" * 129, "密碼很長又很好記憶喔喔", "tab\tinside a password", "é" * 200]

    by_page = judged_by_the_page(page, strength.worker_settings(rule, []), passwords)

    assert [verdict["problems"] for verdict in by_page] == [["too-long"], ["not-ascii"], ["not-ascii"], ["not-ascii"]]
    for password, seen in zip(passwords, by_page, strict=True):
        assert [problem.code for problem in strength.verdict(password, rule, []).problems] == seen["problems"]
        assert seen["score"] is None


def test_the_page_judges_dates_by_the_servers_year(page: Page) -> None:
    password, rule = "1.4.1985!", RULES[0]
    scores = []
    for year in (1990, 2200):
        with time_machine.travel(f"{year}-06-01", tick=False):
            settings = strength.worker_settings(rule, [])
            scores.append(strength.judge(password, []).score)
        assert judged_by_the_page(page, settings, [password])[0]["score"] == scores[-1]
    assert scores[0] < scores[1]
