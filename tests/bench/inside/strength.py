"""Times the server's judgement of passwords that were made to keep it busy."""

import random
import string
import time
from collections.abc import Callable
from typing import Any

from zxcvbn.matching import RANKED_DICTIONARIES

from accounts.strength import inputs_for, judge

COUNT, CLIMBED = 500, 150
LONGEST = 128
SEED = 20261122
LOOKALIKES = "4@8({[<369!1|0$5+7%2"
PRINTABLE = string.printable[:95]
ROWS = ("qwertyuiop", "asdfghjkl;", "1qaz2wsx3edc", "789456123", "aoeuidhtns")
LEET = {"a": "4@", "b": "8", "c": "({[<", "e": "3", "g": "69", "i": "1!|", "l": "1|7", "o": "0", "s": "$5", "t": "+7"}
PERSON = inputs_for(name="王小明", passport_name="WANG,HSIAO-MING", number="z99999", local_part="hsiaoming")
INPUTS = (PERSON, ["a" * length for length in range(2, 26)], [LOOKALIKES[:length] for length in range(2, 20)])

Case = tuple[str, list[str]]


def measure() -> dict[str, Any]:
    dice = random.Random(SEED)  # noqa: S311  (the same inputs in every run)
    makers = families(dice)
    cases: list[Case] = [(makers[n % len(makers)]()[:LONGEST], dice.choice(INPUTS)) for n in range(COUNT - CLIMBED)]
    judge("warm-up", [])
    times = [(milliseconds(case), case) for case in cases]
    worst = sorted(times, key=lambda each: each[0])[-20:]
    for _ in range(CLIMBED):
        case = changed(dice.choice(worst)[1], dice)
        times.append((milliseconds(case), case))
        worst = sorted([*worst, times[-1]], key=lambda each: each[0])[-20:]
    taken = sorted(time for time, _ in times)
    return {"count": len(taken), "median": taken[len(taken) // 2], "worst": taken[-1]}


def milliseconds(case: Case) -> float:
    """The best of three, for the machine has other work too."""
    taken = []
    for _ in range(3):
        started = time.perf_counter()
        judge(*case)
        taken.append(time.perf_counter() - started)
    return 1000 * min(taken)


def changed(case: Case, dice: random.Random) -> Case:
    """A neighbour of a slow case, in the hope of a slower one."""
    letters = list(case[0].ljust(LONGEST, "x"))
    for _ in range(dice.randint(1, 5)):
        letters[dice.randrange(44)] = dice.choice(LOOKALIKES + string.ascii_letters + string.digits)
    return "".join(letters), case[1]


def families(dice: random.Random) -> list[Callable[[], str]]:
    """Each makes inputs that send zxcvbn down another of its slow ways: readings, words, repeats, rows, dates, sequences."""
    common = [word for kind in ("passwords", "english_wikipedia") for word in list(RANKED_DICTIONARIES[kind])[:8000]]
    short = [word for word in common if len(word) <= 4]

    def of(alphabet: str) -> Callable[[], str]:
        return lambda: "".join(dice.choice(alphabet) for _ in range(LONGEST))

    def words(choices: list[str], count: int) -> str:
        return "".join(dice.choice(choices) for _ in range(count))

    def leet(text: str, share: float) -> str:
        return "".join(dice.choice(LEET[c]) if c in LEET and dice.random() < share else c for c in text)

    def date() -> str:
        mark = dice.choice(["", "/", "-", ".", " "])
        return f"{dice.randint(1, 31)}{mark}{dice.randint(1, 12)}{mark}{dice.randint(1950, 2030)}"

    def nested() -> str:
        text = dice.choice(PRINTABLE)
        for _ in range(6):
            text = 2 * (text + dice.choice(PRINTABLE))
        return text

    def row() -> str:
        keys = dice.choice(ROWS)
        return 9 * (keys + keys[::-1])

    return [
        *map(of, (LOOKALIKES, PRINTABLE, string.digits, "12", "ab", "aA", "4a@", "eEtTaAoOiInN", "wanghsiaomingz9")),
        lambda: "".join(dice.sample(LOOKALIKES, 20)) * 7,
        lambda: leet(words(short, 60), 0.5),
        lambda: leet(words(short, 60), 0.2),
        lambda: leet(words(common, 30), 1),
        lambda: leet("wanghsiaoming" * 10, 0.5),
        lambda: words(short, 60),
        lambda: dice.choice(PRINTABLE) * LONGEST,
        lambda: words(list(PRINTABLE), dice.randint(2, 60)) * 64,
        lambda: "".join(date() for _ in range(24)),
        lambda: "".join(chr(33 + (start + step) % 94) for start in [dice.randrange(94)] for step in range(LONGEST)),
        nested,
        row,
    ]
