import re

import pytest

from demo.county import picture_code
from demo.county.picture_code import Question


def test_every_picture_is_another_one_and_has_four_strokes():
    drawings = {picture_code.drawing("1234") for _ in range(20)}
    assert len(drawings) == 20
    assert all(drawing.count("<polyline") == 4 for drawing in drawings)


@pytest.mark.parametrize("digit", "0123456789")
def test_a_digit_stays_within_the_picture(digit):
    drawing = picture_code.drawing(digit * 4)
    width, height = (int(number) for number in re.search(r'viewBox="0 0 (\d+) (\d+)"', drawing).groups())
    for points in re.findall(r'points="([^"]+)"', drawing):
        for point in points.split():
            across, down = (int(number) for number in point.split(","))
            assert 0 < across < width
            assert 0 < down < height


def test_nothing_in_the_drawing_is_text():
    assert not re.search(r"<(text|title|desc)", picture_code.drawing("5678"))
    assert "5678" not in re.sub(r'points="[^"]+"', "", picture_code.drawing("5678"))


def test_the_codes_are_four_digits_and_differ():
    answers = {picture_code.in_picture().answer for _ in range(50)}
    assert all(re.fullmatch(r"[0-9]{4}", answer) for answer in answers)
    assert len(answers) > 25


def test_the_sum_in_words_is_the_same_in_both_languages_and_right():
    for _ in range(50):
        question = picture_code.in_words()
        chinese, english = question.words
        first, second = re.match(r"(.)加(.)等於多少", chinese).groups()
        assert picture_code.WORDS.index(first) + picture_code.WORDS.index(second) == int(question.answer)
        names = re.match(r"What is (\w+) plus (\w+)\?", english).groups()
        assert sum(picture_code.WORDS_EN.index(name) for name in names) == int(question.answer)


@pytest.mark.parametrize(
    ("typed", "right"), [("0429", True), (" 0429 ", True), ("429", False), ("", False), ("０４２９", False)]
)
def test_an_answer_is_its_digits(typed, right):
    assert Question("0429").is_answered_by(typed) is right
