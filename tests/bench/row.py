"""A figure as it is printed."""

from dataclasses import dataclass

HEADER = "| figure | to reach | measured | reached? |\n| --- | --- | --- | --- |"
VERDICTS = {True: "yes", False: "**no**", None: "not measured"}


@dataclass(frozen=True)
class Row:
    """``reached`` is None where it could not be measured; ``measured`` then says why."""

    figure: str
    to_reach: str
    measured: str
    reached: bool | None

    def __str__(self) -> str:
        return f"| {self.figure} | {self.to_reach} | {self.measured} | {VERDICTS[self.reached]} |"
