import json
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.utils.translation import override
from django.views.debug import ExceptionReporter

from accounts import strength
from accounts.strength import judging
from tests.browser.passwords import varied

pytestmark = pytest.mark.thorough

WANG = {"name": "王小明", "passport_name": "WANG,HSIAO-MING", "number": "z99999", "local_part": "hsiaoming"}
MX = strength.PasswordRule(least_score=3, least_length=10)
EDU = strength.PasswordRule(least_score=2, least_length=8, kinds=("digit", "upper", "lower"))
STRONG = "copper-kettle-ninety-seals"


def codes(password: str, rule: strength.PasswordRule, inputs: list[str] | None = None) -> list[str]:
    return [problem.code or "" for problem in strength.verdict(password, rule, inputs or []).problems]


# --- what a service takes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("password", "found"),
    [
        ("x8!qLz-T2mVw4", []),
        (STRONG, []),
        ("four unlike words & spaces", []),
        ("copper9", ["too-short", "too-weak"]),
        ("", ["too-short", "too-weak"]),
        ("qwertyuiop", ["too-weak"]),
        ("x8!qLz-T" * 16, []),  # 128 characters
        ("x8!qLz-T" * 16 + "x", ["too-long"]),
        ("密碼很長又很好記憶喔喔", ["not-ascii"]),
        ("copper-kéttle-ninety-seals", ["not-ascii"]),
        ("copper-kettle\n", ["not-ascii"]),
        ("copper\x00kettle-seals", ["not-ascii"]),
        ("copper\x7fkettle-seals", ["not-ascii"]),
        ("é" * 200, ["not-ascii"]),
    ],
)
def test_it_takes_or_refuses_a_password(password: str, found: list[str]) -> None:
    assert codes(password, MX) == found


@pytest.mark.parametrize(
    ("password", "found"),
    [
        ("Copper-kettle-9", []),
        ("copper-kettle-9", ["missing-upper"]),
        ("COPPER-KETTLE-9", ["missing-lower"]),
        ("Copper-kettle-x", ["missing-digit"]),
        ("- - - -", ["too-short", "missing-digit", "missing-upper", "missing-lower", "too-weak"]),
    ],
)
def test_it_asks_for_each_kind_that_is_missing(password: str, found: list[str]) -> None:
    assert codes(password, EDU) == found


def test_a_service_may_ask_for_no_strength_or_for_the_greatest() -> None:
    assert codes("aaaaaaaa", strength.PasswordRule(least_score=0, least_length=8)) == []
    assert strength.judge("kettle seals", []).score == 3
    assert codes("kettle seals", strength.PasswordRule(least_score=4, least_length=8)) == ["too-weak"]


def test_every_refusal_says_what_to_do() -> None:
    def said(password: str) -> str:
        return " ".join(str(problem.message) for problem in strength.verdict(password, MX, []).problems)

    with override("en"):
        assert "Too short: use at least 10 characters." in said("short")
        assert said("x" * 129) == "Too long: use at most 128 characters."
        assert "might work here and fail on a phone" in said("密碼密碼密碼密碼密碼")
        assert said("qwertyuiop").startswith(
            "This password is too easy to guess: the strength must be GOOD or STRONG. This is a top-100 common password."
        )


def test_a_good_password_that_is_not_good_enough_still_gets_advice() -> None:
    rule = strength.PasswordRule(least_score=4, least_length=8)
    with override("en"):
        (problem,) = strength.verdict("kettle seals", rule, []).problems
    assert str(problem.message).endswith("the strength must be STRONG. Add another word or two. Uncommon words are better.")


@pytest.mark.parametrize("password", ["kettle" * 30, "kettlé", "kettle", "kettle-kettle"])
def test_no_refusal_holds_the_password(password: str) -> None:
    problems = strength.verdict(password, EDU, []).problems
    assert problems
    assert "kettl" not in "".join(f"{problem.message!r} {problem.params}" for problem in problems)


@pytest.mark.parametrize(("ask", "rest"), [(strength.verdict, [MX, None]), (strength.judge, [None])])
def test_no_error_report_holds_the_password(ask: Callable[..., object], rest: list[object]) -> None:
    try:
        ask("-".join(["copper", "kettle"]), *rest)
    except TypeError:
        report = ExceptionReporter(None, *sys.exc_info()).get_traceback_html()
    assert "judging.py" in report
    # Put together here as there, for the report quotes this very file.
    assert "-".join(["copper", "kettle"]) not in report


def test_the_requirements_are_said_before_anybody_types() -> None:
    with override("en"):
        assert MX.requirements() == ["At least 10 characters; the strength must be GOOD or STRONG."]
        assert EDU.requirements() == [
            "At least 8 characters; the strength must be Fair or better.",
            "It must have: a digit, an upper-case letter, a lower-case letter.",
        ]
        assert strength.PasswordRule(least_score=0, least_length=8).requirements() == ["At least 8 characters."]


# --- what is known of a person ---------------------------------------------------------------------------------------


def test_it_takes_names_and_number_apart() -> None:
    assert strength.inputs_for(**WANG) == (
        "hsiaoming",
        "z99999",
        "99999",
        "wang",
        "hsiao-ming",
        "hsiao",
        "ming",
        "wanghsiaoming",
        "hsiaomingwang",
        "wang xiao ming",
        "wangxiaoming",
        "xiao",
    )


@pytest.mark.parametrize(
    ("passport_name", "some"),
    [
        ("GARCÍA LÓPEZ,JOSÉ", {"garcia lopez", "garcialopez", "garcia", "lopez", "jose", "josegarcialopez"}),
        ("ＷＡＮＧ，ＨＳＩＡＯ－ＭＩＮＧ", {"wang", "hsiao-ming", "hsiaoming"}),
        ("O'BRIEN,MARY-JANE", {"o'brien", "obrien", "brien", "mary", "jane"}),
        ("SUHARTO,", {"suharto"}),
        ("LI,E", {"li", "eli", "lie"}),
        (" , ,", set()),
        ("", set()),
    ],
)
def test_it_reads_passport_names_of_every_form(passport_name: str, some: set[str]) -> None:
    words = strength.inputs_for(name="", passport_name=passport_name, number="", local_part="")
    assert some <= set(words) if some else words == ()
    assert all(len(word) > 1 for word in words)


def test_what_it_keeps_of_a_person_is_short_and_plain() -> None:
    words = strength.inputs_for(
        name="\ufdfa" * 5000, passport_name=",".join("ABCDEFGH" * 90), number="Ω" * 500, local_part="a.b_c-" * 500
    )
    assert len(words) <= 24
    assert all(2 <= len(word) <= 40 and word.isascii() and word == word.lower() for word in words)


def test_a_password_made_of_the_person_is_weak_only_for_that_person() -> None:
    inputs = strength.inputs_for(**WANG)
    assert strength.judge("hsiaomingwang", inputs).score == 0
    assert strength.judge("hsiaomingwang", []).score > 1
    with override("en"):
        assert "Your name, your number and your address" in str(
            strength.verdict("hsiaomingwang1", MX, inputs).problems[0].message
        )


def test_a_name_longer_than_what_is_judged_is_recognised() -> None:
    name = "WOLFESCHLEGELSTEINHAUSENBERGERDORFFWELCHEVORALTERN"
    inputs = strength.inputs_for(name="", passport_name=f"{name},HUBERT", number="", local_part="")
    assert strength.judge(name.lower(), inputs).score == 0


# --- the judgement -----------------------------------------------------------------------------------------------------


def test_the_empty_password_is_judged_too() -> None:
    judgement = strength.judge("", [])
    assert judgement.score == 0
    assert judgement.advice == (
        "Use a few words, avoid common phrases",
        "No need for symbols, digits, or uppercase letters",
    )


def test_ordinary_passwords_are_judged_whole() -> None:
    passwords = [
        STRONG,
        "Tr0ub4dor&3",
        "x8!qLz-T2mVw4",
        "31415926535897932384626433832795",
        "p4$$w0rd!2024",
        "G7#k(9!m<4@tZ2%p",
    ]
    assert [judging.judged_part(password) for password in passwords] == passwords


def test_no_password_costs_more_than_the_bounds_allow() -> None:
    for password in [
        *varied(seed=7, count=200, about=["wang", "hsiaoming"]),
        "4@8({[<369!1|0$5+7%2" * 50_000,
        "a" * 1_000_000,
    ]:
        part = judging.judged_part(password[: judging.LONGEST])
        assert password.startswith(part)
        assert len(part) >= min(len(password), 8)
        assert len(part) <= judging.LONGEST_JUDGED
        assert judging._work(part) <= judging.MOST_WORK
        # The whole of it, however long, is never read.
        assert strength.judge(password, ["a" * 100_000] * 500) == strength.judge(part, ["a" * 40] * 24)


@pytest.mark.parametrize("word", ["underground", "letmein", "qwerty123", "p4$$w0rd", "zxcvbnmmnbvcxz"])
def test_a_repeated_word_does_not_gain_by_being_cut_short(word: str) -> None:
    for length in range(41, 129):
        password = (word * 20)[:length]
        assert strength.judge(password, []).score < 3, length


def test_it_judges_dates_by_the_year_of_the_day() -> None:
    scores = []
    for year in (1990, 2200):
        with time_machine.travel(f"{year}-06-01", tick=False):
            scores.append(strength.judge("1.4.1985!", []).score)
            assert strength.worker_settings(MX, [])["year"] == year
    assert scores == [1, 2]


def test_new_year_comes_when_it_comes_in_taipei() -> None:
    with time_machine.travel("2026-12-31T17:00:00Z", tick=False):
        assert strength.worker_settings(MX, [])["year"] == 2027


@pytest.fixture
def hasty_threads() -> Iterator[None]:
    """Threads that interrupt each other all the time."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("hasty_threads")
def test_threads_do_not_see_each_others_persons() -> None:
    words = ["brontufel", "quidzamor", "velthropi", "snagwimbo", "drexolupe", "yimfocadu", "klarvetino", "pozzuquex"]

    def judge_all(mine: str) -> list[int]:
        return [strength.judge(word, [mine]).score for _ in range(15) for word in words]

    with ThreadPoolExecutor(len(words)) as threads:
        scores = list(threads.map(judge_all, words))

    alone = {word: strength.judge(word, []).score for word in words}
    assert min(alone.values()) > 0
    assert scores == [[0 if word == mine else alone[word] for word in words] * 15 for mine in words]


# --- what the page gets ---------------------------------------------------------------------------------------------------


def test_the_page_gets_the_same_limits_and_inputs() -> None:
    given = json.loads(json.dumps(strength.worker_settings(EDU, ["a" * 100] * 100)))
    assert given["rule"] == {"least_score": 2, "least_length": 8, "kinds": ["digit", "upper", "lower"]}
    assert (given["longest"], given["longestJudged"], given["mostWork"]) == (128, 40, judging.MOST_WORK)
    assert given["inputs"] == ["a" * 40] * 24
