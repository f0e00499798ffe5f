from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """What one look at one thing has shown. ``code`` is stable; ``cure`` is empty where nothing is wrong."""

    level: str  # "ok", "advice" or "problem"
    code: str
    text: str
    cure: str = ""


def ok(code: str, text: str) -> Finding:
    return Finding("ok", code, text)


def advice(code: str, text: str, cure: str) -> Finding:
    return Finding("advice", code, text, cure)


def problem(code: str, text: str, cure: str) -> Finding:
    return Finding("problem", code, text, cure)
