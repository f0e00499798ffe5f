"""What changed between two texts of a policy, as parts that together are both of them."""

import random

import pytest

from accounts.agreements.differences import AROUND, Part, between


def marked(old: str, new: str) -> str:
    signs = {"same": "{}", "gone": "[-{}-]", "new": "[+{}+]", "left out": "<{}>"}
    return "".join(signs[part.kind].format(part.text) for part in between(old, new))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("供教學、研究使用。請不要營利。", "供教學與研究使用。請不要營利。", "供教學[-、-][+與+]研究使用。請不要營利。"),
        ("Do not sell it. Be kind.", "Never sell it. Be kind.", "[-Do not-][+Never+] sell it. Be kind."),
        ("Respect others.", "Respect others. Be kind.", "Respect others.[+ Be kind.+]"),
        ("One.\n\nTwo.", "One.", "One.[-\n\nTwo.-]"),
        ("第一條。\n第二條。", "第一條。\n\n第二條。", "第一條。\n[+\n+]第二條。"),
        ("Fish swim.", "<b>貓</b>", "[-Fish swim.-][+<b>貓</b>+]"),
        ("", "One.", "[+One.+]"),
        ("The same.", "The same.", ""),
        ("Version 3.5 is out.", "Version 3.6 is out.", "Version 3.[-5-][+6+] is out."),
    ],
)
def test_it_tells_words_and_chinese_characters(old: str, new: str, told: str) -> None:
    assert marked(old, new) == told


def test_long_unchanged_text_is_left_out_and_what_stands_around_a_change_is_not() -> None:
    long = "".join(f"第{number}句話沒有變。" for number in range(100))
    parts = between(f"{long}舊{long}", f"{long}新{long}")
    assert [part.kind for part in parts] == ["left out", "same", "gone", "new", "same", "left out"]
    assert len(parts[1].text) == len(parts[4].text) == AROUND


def whole(parts: list[Part], without: str) -> str:
    return "".join(part.text for part in parts if part.kind != without)


@pytest.mark.parametrize("seed", range(20))
def test_nothing_is_lost_and_nothing_is_made_up(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  (a text, no secret)
    old = "".join(chance.choices(["規範", "校園。", "network ", "Be kind. ", "\n", "<b>"], k=300))
    new = "".join(letter if chance.random() > 0.05 else chance.choice("新x。\n") for letter in old)
    parts = between(old, new)
    assert whole(parts, "new") == old
    assert whole(parts, "gone") == new


@pytest.mark.parametrize("piece", ["我", "a.\n", "ab ", "\n", "規範。"])
def test_a_hundred_kilobytes_of_the_same_are_compared_too(piece: str) -> None:
    old = piece * (100 * 1024 // len(piece.encode()))
    new = old[: len(old) // 2] + "新" + old[len(old) // 2 : -9]
    parts = between(old, new)
    assert whole(parts, "new") == old
    assert whole(parts, "gone") == new
