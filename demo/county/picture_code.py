"""What the sign-in asks so that no program signs in: four digits in a picture, or a sum in words for who cannot see it."""

import secrets
from dataclasses import dataclass

DIGITS = 4
# Each digit as one stroke through points of a field of 6 by 10.
STROKES = {
    "0": "3,0 0,2 0,8 3,10 6,8 6,2 3,0",
    "1": "1,2 3,0 3,10 0,10 6,10",
    "2": "0,2 3,0 6,2 6,4 0,10 6,10",
    "3": "0,0 6,0 3,4 6,6 6,8 3,10 0,9",
    "4": "4,10 4,0 0,7 6,7",
    "5": "6,0 0,0 0,4 4,4 6,6 6,8 4,10 0,10",
    "6": "5,0 1,4 0,7 1,9 3,10 5,9 6,7 5,5 1,6",
    "7": "0,0 6,0 2,10",
    "8": "3,5 0,3 0,1 3,0 6,1 6,3 3,5 0,7 0,9 3,10 6,9 6,7 3,5",
    "9": "6,4 2,5 0,3 1,1 3,0 5,1 6,4 5,10",
}
STEP, HEIGHT, SCALE, MARGIN = 44, 64, 4, 12  # of the picture, in its own units
WORDS = "零一二三四五六七八九"
WORDS_EN = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True)
class Question:
    """``words`` is the sum in both languages, or nothing where the answer is in the picture."""

    answer: str
    words: tuple[str, str] | None = None

    def is_answered_by(self, text: str) -> bool:
        return secrets.compare_digest(text.strip().encode(), self.answer.encode())


def in_picture() -> Question:
    return Question("".join(secrets.choice("0123456789") for _ in range(DIGITS)))


def in_words() -> Question:
    one, other = secrets.randbelow(9) + 1, secrets.randbelow(9) + 1
    chinese = f"{WORDS[one]}加{WORDS[other]}等於多少？請用數字回答。"
    return Question(str(one + other), (chinese, f"What is {WORDS_EN[one]} plus {WORDS_EN[other]}? Answer in digits."))


def drawing(code: str) -> str:
    """The digits as strokes of an SVG, each a little aslant, with lines across; nothing in its text names a digit."""
    strokes = [_stroke(digit, MARGIN + STEP * place) for place, digit in enumerate(code)]
    lines = [_line(MARGIN * 2 + STEP * len(code)) for _ in range(3)]
    width = MARGIN * 2 + STEP * len(code)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}" fill="none" stroke="#12375a" '
        f'stroke-linecap="round" stroke-linejoin="round"><path fill="#eef2f6" stroke="none" d="M0 0h{width}v{HEIGHT}H0z"/>'
        f"{''.join(strokes)}{''.join(lines)}</svg>"
    )


def _stroke(digit: str, left: int) -> str:
    points = []
    for point in STROKES[digit].split():
        across, down = (int(number) * SCALE for number in point.split(","))
        points.append(f"{left + across + _shake()},{MARGIN + down + _shake()}")
    angle = secrets.randbelow(25) - 12
    middle = f"{left + 3 * SCALE} {MARGIN + 5 * SCALE}"
    return f'<polyline stroke-width="4" transform="rotate({angle} {middle})" points="{" ".join(points)}"/>'


def _line(width: int) -> str:
    return f'<path stroke-width="1" d="M0 {secrets.randbelow(HEIGHT)} {width} {secrets.randbelow(HEIGHT)}"/>'


def _shake() -> int:
    return secrets.randbelow(3) - 1
